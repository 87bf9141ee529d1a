"""A corpus of hostile files, and hypothesis beside it: judged and written in every format, nothing gets out.

No input may end in an exception, and no format may let a text of the input act: on a terminal, on
GitHub's runner, in a Markdown page or in an XML reader.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.formats import FORMATS, READERS, unsafe
from support.trees import NOW, POLICY, file, policy, target

from runner.plan.review import review

HEAD = b"# yaml-language-server: $schema=../../schemas/purge-policy.schema.json\n"
TEXTS = {
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85\x9b2J",
    "escape sequences": "\x1b[2J\x1b]0;owned\x07\x1b]8;;https://x.example\x07click\x1b]8;;\x07",
    "bidirectional": "\u202e\u2066lmay.ycilop\u2069\u200f\u061c",
    "invisible": "\u200b\u2060\ufeff\u3164\U000e0041\u00ad",
    "runner command": "\n::error::owned\r\n::set-output name=x::y\n ::add-mask::z",
    "legacy command": "##[error]owned ##[set-env name=PATH]x",
    "script": "</failure><script>alert(1)</script>]]><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "markdown": "`|[x](javascript:alert(1))![y](https://x.example/z.png) @everyone <details>",
    "sarif": "[link](1) {0} \\[ {{ }} \\",
    "percent": "%0A::error::x%0D%25",
    "surrogates": "\ud800\udfff",
    "noncharacters": "\ufffe\uffff\U0010ffff",
}
BYTES = {
    "a million brackets": b"[" * 1_000_000,
    "a million braces after a key": b"reason: " + b"{" * 1_000_000,
    "brackets within the size": HEAD + b"reason: " + b"[" * 200_000,
    "booleans of YAML 1.1": HEAD + b"yes: no\non: off\ny: n\nallowUnfiltered: YES\nincludeSensitive: Off\n",
    "sexagesimal and octal": HEAD
    + b"retentionDays: 1:30:00\nrevision: 012\nlimits: {maxInteractions: 0b11}\n",
    "huge integers": policy("a").data.replace(b"2557", b"9" * 100_000),
    "huge exponents": policy("a").data.replace(b"2557", b"1e999999999"),
    "not a number": policy("a").data.replace(b"2557", b".nan"),
    "NUL": policy("a").data.replace(b"billing", b"bill\0ing"),
    "NUL alone": b"\0" * 1000,
    "not UTF-8": b"\xff\xfe\x00reason",
    "UTF-16": policy("a").data.decode().encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + policy("a").data,
    "billion laughs": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
    "python object": b"reason: !!python/object/apply:os.system ['true']\n",
    "endless key": b"? " + b"k" * 200_000 + b"\n: v\n",
    "only colons": b":" * 100_000,
    "carriage returns": policy("a").data.replace(b"\n", b"\r"),
    "year zero": policy("a").data.replace(b"2018-01-01", b"0000-00-00"),
    "end of time": policy("a").data.replace(b"2018-12-31T23", b"9999-12-31T23"),
}


def with_text(text):
    """A policy that has the text in its reason, in a filter, as a key and as an unknown field."""
    fields = {
        **POLICY,
        "name": "a",
        "reason": text,
        "filters": {"attributes": {text[:100]: text, "x": [text]}},
        text[:100]: text,
    }
    return HEAD + json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")


CORPUS = (
    BYTES
    | {f"{name} in values": with_text(text) for name, text in TEXTS.items()}
    | {f"{name} raw": text.encode("utf-8", "surrogatepass") for name, text in TEXTS.items()}
)


def written_everywhere(source):
    """Judge a file beside a good target; return its findings and their text in every format."""
    sources = [target(), source]
    findings = review(sources, now=NOW).findings
    return findings, {name: write(findings, sources) for name, write in FORMATS.items()}


def assert_nothing_gets_out(findings, formats):
    for name, written in formats.items():
        assert unsafe(name, written) == [], name
        shown = READERS[name](written)
        assert len(shown) == (min(len(findings), 9) if name == "github" else len(findings)), name


@pytest.mark.parametrize("data", CORPUS.values(), ids=CORPUS)
def test_a_hostile_file_is_refused_in_every_format_and_nothing_of_it_acts(data):
    findings, formats = written_everywhere(file("policies/purges/a.yaml", data))
    assert findings
    assert_nothing_gets_out(findings, formats)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hostile_file_name_is_refused_in_every_format_and_nothing_of_it_acts(text):
    findings, formats = written_everywhere(file(f"policies/purges/{text}.yaml", policy("a").data))
    assert findings
    assert_nothing_gets_out(findings, formats)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_judged_and_nothing_of_them_acts(data):
    assert_nothing_gets_out(*written_everywhere(file("policies/purges/a.yaml", data)))


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_in_any_field_is_judged_and_nothing_of_it_acts(text):
    assert_nothing_gets_out(*written_everywhere(file("policies/purges/a.yaml", with_text(text))))
