"""A stand-in for the program ``gh``: ``gh api`` over a file, with the permissions of the token given.

The first argument is the file. ``--jq`` is done by the real jq. Whatever else is asked is refused.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

BOT = {"login": "github-actions[bot]"}


def allowed(scope, level):
    held = json.loads(os.environ["GH_TOKEN"].removeprefix("token:")).get(scope, "none")
    return held == "write" or held == level


def fields_of(arguments):
    found = {}
    for position, argument in enumerate(arguments):
        if argument == "--field":
            name, _, value = arguments[position + 1].partition("=")
            found[name] = Path(value[1:]).read_text() if value.startswith("@") else value
    return found


def answer(state, method, path, fields):
    """Return whether the token may, and the answer; ``None`` is a 404."""
    parts = path.partition("?")[0].split("/")[3:]
    match method, *parts:
        case "GET", "issues", number, "comments":
            return allowed("pull-requests", "read"), state["comments"].get(number, [])
        case "POST", "issues", number, "comments":
            comment = {"id": state["next"], "user": BOT, "body": fields["body"]}
            state["comments"].setdefault(number, []).append(comment)
            return allowed("pull-requests", "write"), comment
        case "PATCH", "issues", "comments", wanted:
            for comment in [each for every in state["comments"].values() for each in every]:
                if str(comment["id"]) == wanted:
                    comment["body"] = fields["body"]
                    return allowed("pull-requests", "write"), comment
            return True, None
        case "GET", "issues":
            return allowed("issues", "read"), state["issues"]
        case "POST", "issues":
            issue = {"number": state["next"], "user": BOT, "html_url": f"#{state['next']}", **fields}
            state["issues"].append(issue)
            return allowed("issues", "write"), issue
        case "GET", "activity":
            return allowed("contents", "read"), state["answers"].get("activity")
        case "GET", "actions", *_:
            return allowed("actions", "read"), state["answers"].get("runs")
    raise SystemExit(f"the stand-in knows no {method} {path}")


def main(file, command, *arguments):
    assert command == "api", command
    known = {"--paginate", "--silent", "--method", "--field", "--jq"}
    assert {argument for argument in arguments if argument.startswith("--")} <= known, arguments
    state = json.loads(Path(file).read_text())
    method = arguments[arguments.index("--method") + 1] if "--method" in arguments else "GET"
    (path,) = [argument for argument in arguments if argument.startswith("repos/")]
    state["calls"].append([method, path])
    state["next"] = len(state["calls"])
    may, body = answer(state, method, path, fields_of(arguments))
    if not may or body is None:
        sys.stdout.write(
            "gh: HTTP 404\n" if may else "gh: Resource not accessible by integration (HTTP 403)\n"
        )
        return 1
    Path(file).write_text(json.dumps(state))
    if "--jq" in arguments:
        query = arguments[arguments.index("--jq") + 1]
        return subprocess.run(["jq", "--raw-output", query], input=json.dumps(body), text=True).returncode
    if "--silent" not in arguments:
        sys.stdout.write(json.dumps(body) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
