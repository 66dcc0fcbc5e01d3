"""The same over ssh and http: git's transport carries it, whatever the URL says."""

from __future__ import annotations

import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import Repository
from tests.storage import digest, ids, ok
from tests.team import ask, clone, everywhere, refs, sync

# What ssh would do, on this machine: the last word is the command for the other side.
SSH = """#!/bin/sh
for word; do command=$word; done
exec sh -c "$command"
"""


class Backend(http.server.BaseHTTPRequestHandler):
    """git's own http-backend behind python's server."""

    root = ""

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def answer(self, body: bytes) -> None:
        url = urlsplit(self.path)
        env = {
            **os.environ,
            "GIT_PROJECT_ROOT": self.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
            "REMOTE_USER": "somebody",
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(lines.pop("Status", "200").split()[0]))
        for name, value in lines.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def http_url(bare: Repository) -> Iterator[str]:
    bare.git("config", "http.receivepack", "true")
    handler = type("Handler", (Backend,), {"root": str(bare.path.parent)})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{bare.path.name}"
        server.shutdown()
        thread.join()


@pytest.fixture
def ssh_url(bare: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    stub = tmp_path / "ssh"
    stub.write_text(SSH)
    stub.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(stub))
    return f"ssh://example.invalid{bare.path}"


@pytest.mark.parametrize("kind", ["ssh", "http"])
def test_all_of_it(bare: Repository, kind: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    ada, bob = clone(bare, "ada", url=url), clone(bare, "bob", url=url)
    ok("mission", "add", "B1", "one", at=ada)
    sync(ada)
    assert "took in 1 event" in ok("init", at=bob)
    ok("mission", "add", "B2", "two", at=bob)
    assert bob.json("claim", "B1", "--agent", "bob")["state"] == "held"
    lost = ada.run("claim", "B1", "--agent", "ada")
    assert lost.status == 1
    assert "B1 is claimed by bob (in another clone)" in lost.err
    everywhere(ada, bob)
    assert ids(ada) == ids(bob) == {"B1", "B2"}
    assert digest(ada) == digest(bob)
    ok("release", "B1", "--agent", "bob", at=bob)
    assert ada.json("claim", "B1", "--agent", "ada")["state"] == "held"
    assert len(refs(bare)) == 3
    assert sync(ada, "--pack")["packed"] == [1, 1]


def test_http_that_reads_only(bare: Repository, http_url: str) -> None:
    bare.git("config", "http.receivepack", "false")
    ada = clone(bare, "ada", url=http_url)
    ok("mission", "add", "B1", "one", at=ada)
    answer = ada.run("sync")
    assert answer.status == 128
    assert answer.err.startswith("fatal: cannot reach origin: ")
    assert "403" in answer.err
    assert ok("sync", "--fetch", at=ada).startswith("up to date")
    refused = ada.run("claim", "B1")
    assert refused.status == 128
    assert "refuses the claim on B1" in refused.err
    assert ask(ada, "claim") == [], "nobody was told that it is his"


def test_http_that_dies_midway(
    bare: Repository, http_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The push landed, the reply was lost: the next look at the remote knows (SCENARIO 21)."""
    ada = clone(bare, "ada", url=http_url)
    ok("mission", "add", "B1", "one", at=ada)
    answers = Backend.answer

    def deaf(self: Backend, body: bytes) -> None:
        if "git-receive-pack" in self.path and self.command == "POST":
            self.send_header = lambda *given: None  # type: ignore[method-assign]
            self.send_response = lambda *given: None  # type: ignore[method-assign]
            self.end_headers = lambda: None  # type: ignore[method-assign]
            self.wfile = open(os.devnull, "wb")  # type: ignore[assignment]  # noqa: SIM115
        answers(self, body)

    monkeypatch.setattr(Backend, "answer", deaf)
    assert ada.json("claim", "B1", "--agent", "ada")["state"] == "held"
    assert ada.run("sync").status == 128
    monkeypatch.setattr(Backend, "answer", answers)
    assert sync(ada)["sent"] == 0, "it had arrived"
    assert len(refs(bare)) == 2
