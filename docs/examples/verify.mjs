// node verify.mjs RECORD PROOF VERIFIER_KEY
//
// Is this record in the log of this key? Without purgectl, without a library, without a network.
// Texts: C2SP tlog-proof and signed-note. Tree: RFC 6962 section 2.1; path: RFC 9162 section 2.1.3.2.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const FORM = new RegExp(
  "^c2sp\\.org/tlog-proof@v1\\nindex (0|[1-9]\\d{0,14})\\n((?:[A-Za-z0-9+/]{43}=\\n){0,64})\\n" + // index and path
  "((\\S+)\\n([1-9]\\d{0,14})\\n([A-Za-z0-9+/]{43}=)\\n)\\n((?:— \\S+ [A-Za-z0-9+/=]+\\n)+)$", // checkpoint
);

function fail(why) {
  console.error(`NOT PROVEN: ${why}`);
  process.exit(6);
}

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();
const [record, proof, vkey] = [readFileSync(process.argv[2]), readFileSync(process.argv[3], "utf8"), process.argv[4]];
const [, index, path, text, origin, size, root, signatures] = FORM.exec(proof) ?? fail("this is no tlog-proof");
const [, name, keyId, key] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(vkey) ?? fail("this is no key");

// A checkpoint of the log that the key names, signed by that key.
if (origin !== name) fail("the proof is of another log");
const prefix = Buffer.from("302a300506032b6570032100", "hex"); // of every Ed25519 key in DER, RFC 8410
const der = Buffer.concat([prefix, Buffer.from(key, "base64").subarray(1)]);
const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
const lines = signatures.trim().split("\n").map((line) => line.slice(2).split(" "));
const signed = lines.some(([signer, encoded]) => {
  const bytes = Buffer.from(encoded, "base64"); // four bytes of key id, then the signature
  const ours = signer === name && bytes.subarray(0, 4).toString("hex") === keyId;
  return ours && verify(null, Buffer.from(text), publicKey, bytes.subarray(4));
});
if (!signed) fail("this key has not signed the checkpoint");

// From the leaf up to the root: each hash of the path stands left or right of what is known so far.
let [place, last, hash] = [Number(index), Number(size) - 1, sha256(Buffer.of(0), record)];
if (place > last) fail("the log is not that long");
for (const line of path.split("\n").slice(0, -1)) {
  if (last === 0) fail("the path is too long");
  const sibling = Buffer.from(line, "base64");
  const left = place % 2 === 1 || place === last;
  hash = left ? sha256(Buffer.of(1), sibling, hash) : sha256(Buffer.of(1), hash, sibling);
  while (left && place % 2 === 0 && place > 0) [place, last] = [place / 2, Math.floor(last / 2)];
  [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
}
if (last !== 0 || hash.toString("base64") !== root) fail("the record is not at this place of the log");

console.log(`Proven: record ${index} is in the log ${origin}, which had ${size} records`);
