"""No telephone number, nothing typed and no secret stands in a log, an error, a help text or a metric."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import COMMANDS, cli
from tests.cli.test_commands import ROOT
from tests.engine import calls
from tests.twilio_double.double import ACCOUNT, Double, twilio_double
from tests.web.server import TOKEN, Provider, serving

CALLER, TYPED, CODE = "+31612345678", "0687654321", "9876"
NUMBERS = re.compile(r"612345678|687654321|6[ -]?12[ -]?34[ -]?56[ -]?78")
SECRETS = {
    "IVR_TWILIO_TOKEN": "SEKRET1token",
    "IVR_PRIVACY_KEY": "SEKRET2key",
    "IVR_SEAL_KEYS": "k:SEKRET3seal",
    "IVR_DATABASE_URL": "postgresql://u:SEKRET4pass@127.0.0.1:1/x?password=SEKRET5",
    "IVR_ESCALATE_SECRET": "SEKRET6",
    "IVR_ESCALATE_URL": "https://host.example/SEKRET7",
    "IVR_OPENKLANT_TOKEN": "SEKRET8",
    "IVR_SMTP_PASSWORD": "SEKRET9",
}
COMMANDS_THAT_NEED_MORE = {
    "store": ("store", "status"),
    "subject": ("subject", "show", CALLER),
    "report": ("report", "calls"),
    "desk": ("desk", "list"),
    "outbox": ("outbox",),
    "calamity": ("calamity", "off"),
    "simulate": ("simulate", "test", "nowhere"),
    "serve": ("serve", "nowhere"),
    "demo": ("demo", "--help"),
    "worker": ("worker", "--once"),
    "diff": ("diff", "nowhere", "nowhere"),
    "calendar": ("calendar", "nowhere"),
}


def clean(text: str, *more: str) -> None:
    """Nothing of what was given stands in it."""
    assert not NUMBERS.search(text), text
    for secret in ("SEKRET", TOKEN, *more):
        assert secret not in text, text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "table.yaml").write_text(calls.TEXT)
    return tmp_path


def talk(provider: Provider) -> None:
    """Calls in which all is said that must not be repeated."""
    provider.go_on(provider.go_on(provider.start("CA1", From=CALLER), "CA1", Digits="8"), "CA1", Digits="1")
    typed = provider.go_on(provider.start("CA2"), "CA2", Digits="3")
    provider.go_on(typed, "CA2", Digits=CODE)
    asked = provider.go_on(provider.start("CA3", From="anonymous"), "CA3", Digits="8")
    provider.go_on(provider.go_on(asked, "CA3", Digits=TYPED), "CA3", Digits="1")
    provider.go_on(provider.start("CA4"), "CA4", SpeechResult="mijn nummer is 06 12 34 56 78", Confidence="0.9")
    provider.start("CA5", to=CALLER)  # an unknown number
    provider.post(
        "/voice/kinds/status", {"CallSid": "CA1", "CallStatus": "completed", "From": CALLER, "CallDuration": "9"}
    )
    provider.post("/voice/kinds/fallback", {"CallSid": "CA6", "From": CALLER, "ErrorCode": CALLER})
    provider.post("/voice/kinds/step?v=x&k=x&s=x", {"CallSid": "CA7", "From": CALLER, "Digits": TYPED})
    for path in (f"/voice/{CALLER}", "/voice/kinds", f"/voice/kinds/{TOKEN}x"):
        provider.client.post(path.replace(TOKEN, ""), data={"From": CALLER, "CallSid": "CA8"})  # not signed


def test_no_line_and_no_metric_of_the_webhook_holds_what_a_caller_is_or_said(folder: Path) -> None:
    with serving(folder / "var", keep=folder / "t", trace=True) as provider:
        talk(provider)
        pages = [provider.client.get(path) for path in ("/metrics", "/healthz", "/readyz")]
        refusals = [provider.client.post("/voice/kinds", data={"From": CALLER, "CallSid": "CA9"})]
    said = provider.log.getvalue().decode()
    assert said.count("\n") > 10
    clean(said.replace(f"/voice/{CALLER}", ""), CODE)  # an address that a stranger asked for is theirs to word
    for page in (*pages, *refusals):
        clean(page.text + str(page.headers), CODE)


@pytest.fixture(scope="module")
def double() -> Iterator[Double]:
    with twilio_double(token=TOKEN) as running:
        yield running


@pytest.mark.parametrize("fault", ["500", "429", "503", "garbled", "cut"])
def test_no_line_of_the_worker_holds_a_number_whatever_the_provider_answers(
    folder: Path, double: Double, fault: str
) -> None:
    with serving(folder / "var", keep=folder / "t") as provider:
        talk(provider)
    double.faults.then("calls.create", *[fault] * 3)
    done = subprocess.run(
        [sys.executable, "-m", "ivr.cli", "worker", "--once"], cwd=folder, capture_output=True, text=True, timeout=90, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "IVR_VAR": str(folder / "var"), "IVR_TWILIO_TOKEN": TOKEN, "IVR_LOG": "debug",
             "IVR_TWILIO_ACCOUNT": ACCOUNT, "IVR_TWILIO_API": double.url, "IVR_PUBLIC_URL": "https://ivr.example/bel"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    clean(done.stdout + done.stderr, CODE)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_command_shows_a_secret_in_its_help_or_when_it_fails(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for key, value in {**SECRETS, "IVR_VAR": str(folder / "var"), "IVR_SMTP_HOST": "127.0.0.1:1"}.items():
        monkeypatch.setenv(key, value)
    for words in ((name, "--help"), COMMANDS_THAT_NEED_MORE.get(name, (name,))):
        done = CliRunner().invoke(cli, words)
        clean(done.output)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            clean(repr(done.exception))


@pytest.mark.parametrize(
    ("name", "value"),
    [("IVR_DATABASE_URL", "mysql://u:SEKRET@host/x"), ("IVR_DATABASE_URL", "postgresql://u:a@SEKRET@host/x"),
     ("IVR_DATABASE_URL", "postgresql://u:SEKRET@host:port/x"), ("IVR_SEAL_KEYS", "SEKRET"), ("IVR_SEAL_KEYS", "k:a,k:SEKRET"),
     ("IVR_ESCALATE_URL", "SEKRET"), ("IVR_TWILIO_TOKEN_FILE", "/nowhere/x")],
)  # fmt: skip
def test_a_wrong_secret_is_told_by_its_name_only(
    name: str, value: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_VAR", str(folder / "var"))
    monkeypatch.setenv(name, value)
    told = 0
    for words in (("worker", "--once"), ("store", "status"), ("serve", str(folder / "t"))):
        done = CliRunner().invoke(cli, words)
        clean(done.output)
        told += done.exit_code == 2 and name.removesuffix("_FILE") in done.output
    assert told


def test_a_fault_inside_a_command_shows_no_statement_with_its_values(folder: Path) -> None:
    script = (
        "from ivr.cli import main, cli\nimport sys\nfrom ivr.cli import store\n"
        "from ivr.store.database.connect import connect\nfrom sqlalchemy import text\n"
        "import click\n"
        "@cli.command('x')\ndef x():\n"
        f"    connect('sqlite:///{folder}/x.db').connect().execute(text('SELECT :n FROM none'), dict(n='{CALLER}'))\n"
        "import ivr.cli as held\nheld.cli.get_command = lambda *_: x\nheld.COMMANDS['x'] = ('', '')\n"
        "sys.argv = ['ivr', 'x']\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, "no such table" in done.stderr) == (1, True), done.stderr
    clean(done.stdout + done.stderr)
