"""A receiver of purgectl's notices, and a witness of its log: what it saw, nobody can rewrite unseen.

    WEBHOOK_SECRET=whsec_... python3 receiver.py STATE_FILE PORT

Standard library only. It listens on loopback; put your TLS proxy in front of it. Its answers:

    204 new and proven   200 known   400 malformed   401 not signed with the shared secret
    409 not proven: history was rewritten, or a notice before this one is missing and must be sent again

STATE_FILE keeps the size and the root of the log as the newest notice showed it. Each notice proves that
its record is in the log, and that the log shown before is the beginning of this one. GET / tells both:
    purgectl audit verify --target NAME --expect "$(curl -s http://127.0.0.1:PORT/)"

Left to you: what happens with a record (`accept`), and who is called on an ALARM, or when nothing has come
for two days (subscribe to log.heartbeat). With a library for Ed25519 also verify the last line of the
checkpoint: a signature over its first three lines, by the key that you noted when the log was opened.
"""

import hmac
import json
import os
import sys
import time
from base64 import b64decode, b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Refused(Exception):
    """A notice is not taken: HTTP status and reason."""


def check_signature(key, headers, body):
    """Standard Webhooks 1.0.0: one of the signatures is the HMAC-SHA256 of "id.timestamp.body"."""
    name, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not sent_at.isdecimal() or abs(time.time() - int(sent_at)) > 300:
        raise Refused(401, "the timestamp is more than five minutes away")
    wanted = b"v1," + b64encode(hmac.digest(key, f"{name}.{sent_at}.".encode() + body, sha256))
    if not any(hmac.compare_digest(wanted, each) for each in signatures.encode().split()):
        raise Refused(401, "no signature is right")


def node(left, right):
    return sha256(b"\x01" + left + right).digest()


def half(size):
    """The number of leaves in the left half of a tree: the largest power of two below its size."""
    return 1 << (size - 1).bit_length() - 1


def root_with(leaf, index, size, path):
    """The root of a tree that has this leaf at this place (RFC 6962 section 2.1.1)."""
    if size == 1 and index == 0 and not path:
        return leaf
    *rest, top = path
    if index < half(size):
        return node(root_with(leaf, index, half(size), rest), top)
    return node(top, root_with(leaf, index - half(size), size - half(size), rest))


def roots(old_size, old_root, size, path):
    """The roots of the older and the newer tree, by a consistency proof (RFC 6962 section 2.1.2)."""
    if old_size == size:
        (whole,) = path if old_root is None else [old_root, *path]
        return whole, whole
    *rest, top = path
    if old_size <= half(size):
        old, left = roots(old_size, old_root, half(size), rest)
        return old, node(left, top)
    old, right = roots(old_size - half(size), None, size - half(size), rest)
    return node(top, old), node(top, right)


def check_proofs(seen, data):
    """Return the size and the root that a notice shows, if it continues what was shown before."""
    proof, checkpoint = (part.split("\n") for part in data["proof"].split("\n\n")[:2])
    size, root = int(checkpoint[1]), checkpoint[2]
    # The body is canonical JSON, so its record, written again in the same order, has the very same bytes.
    record = json.dumps(data["record"], ensure_ascii=False, separators=(",", ":")).encode()
    leaf = sha256(b"\x00" + record).digest()
    if root_with(leaf, data["index"], size, [b64decode(line) for line in proof[2:]]) != b64decode(root):
        raise Refused(400, "the record is not in the log of this checkpoint")
    follows = data["consistency"]["old_size"]
    path = [b64decode(line) for line in data["consistency"]["hashes"]]
    if follows > seen["size"] > 0:
        raise Refused(409, f"a gap: {seen['size']} records were shown here, and this follows {follows}")
    if seen["size"] > 0:
        was = b64decode(seen["root"])
        if not follows == seen["size"] <= size or roots(follows, was, size, path) != (was, b64decode(root)):
            raise Refused(409, f"ALARM: history was rewritten; {seen['size']}:{seen['root']} is gone from it")
    return size, root


def accept(event):
    """Your governance system begins here."""
    print(f"{event['type']} at {event['time']}, record {event['data']['index']}", flush=True)


def take(key, store, headers, body):
    """Take one notice and return the HTTP status; what was taken is on disk before the answer goes out."""
    check_signature(key, headers, body)
    name, digest, seen = headers["webhook-id"], sha256(body).hexdigest(), load(store)
    if name in seen["taken"]:
        if seen["taken"][name] != digest:
            raise Refused(409, "ALARM: another body came before under this id")
        return 200
    event = json.loads(body)
    seen["size"], seen["root"] = check_proofs(seen, event["data"])
    seen["taken"][name] = digest
    accept(event)
    with store.with_suffix(".new").open("w") as file:
        json.dump(seen, file)
        file.flush()
        os.fsync(file.fileno())
    store.with_suffix(".new").replace(store)
    return 204


def load(store):
    return json.loads(store.read_text()) if store.exists() else {"size": 0, "root": "", "taken": {}}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        seen = load(self.server.store)
        self.answer(200, f"{seen['size']}:{seen['root']}")

    def do_POST(self):
        try:
            body = self.rfile.read(max(0, min(int(self.headers["Content-Length"]), 1_000_000)))
            self.answer(take(self.server.key, self.server.store, self.headers, body))
        except Refused as refused:
            status, reason = refused.args
            print(reason, file=sys.stderr, flush=True)
            self.answer(status, reason)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            self.answer(400, "this is no notice")

    def answer(self, status, text=""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """Say nothing of every request."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler)
    server.key = b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
    server.store = Path(sys.argv[1])
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
