"""A site is put up and verified: the same bytes for the same sale, and no others pass."""

import gzip
import hashlib
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from jumpstart.cli import main
from jumpstart.errors import CheckError, InputError
from jumpstart.site.server import SiteServer
from jumpstart.site.site import BUILT, HTML, Config, policy_of, verify_site, write_site

SALE = "0x52908400098527886E0F7030069857D2E4169EE7"
CONFIG = Config(sale=SALE, chain_id=1, rpc="https://node.example/key?a=1&b=2")


def test_a_site_verifies_and_says_what_it_is_about(tmp_path: Path) -> None:
    digest = write_site(tmp_path, CONFIG)
    assert {each.name for each in tmp_path.iterdir()} == {HTML, *BUILT}
    html = (tmp_path / HTML).read_bytes()
    assert hashlib.sha256(html).hexdigest() == digest
    assert verify_site(lambda name: (tmp_path / name).read_bytes()) == (CONFIG, digest)
    assert write_site(tmp_path / "again", CONFIG) == digest


def test_the_page_may_ask_its_node_and_nobody_else() -> None:
    policy = policy_of(CONFIG)
    assert "connect-src 'self' https://node.example;" in policy
    for word in ("unsafe", "*", "http:", "blob:"):
        assert word not in policy
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("name", [HTML, *BUILT])
def test_a_file_with_another_byte_is_named(tmp_path: Path, name: str) -> None:
    write_site(tmp_path, CONFIG)
    path = tmp_path / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(CheckError, match=f"{name}: SHA-256 .*, this version makes"):
        verify_site(lambda each: (tmp_path / each).read_bytes())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<div id", "<script src=//evil.example></script><div id"),
        ("default-src 'none'", "default-src *"),
        ("integrity=", "data-integrity="),
    ],
)
def test_a_page_with_something_added_is_none_of_ours(tmp_path: Path, old: str, new: str) -> None:
    write_site(tmp_path, CONFIG)
    html = (tmp_path / HTML).read_text().replace("&#39;", "'")
    assert old in html
    (tmp_path / HTML).write_text(html.replace(old, new, 1))
    with pytest.raises(CheckError, match=HTML):
        verify_site(lambda each: (tmp_path / each).read_bytes())


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>", "does not say its chain, proofs, rpc, sale"),
        ('content="0x12"', "sale: "),
        ('content="0"', "chain: "),
        ('content="ftp://x"', "rpc"),
        ('content="../secret"', "proofs: "),
    ],
)
def test_a_page_of_nothing_is_bad_input(tmp_path: Path, html: str, said: str) -> None:
    write_site(tmp_path, CONFIG)
    found = (tmp_path / HTML).read_text()
    name = said.partition(":")[0] if ":" in said else said
    if html.startswith("<"):
        found = html
    else:
        start = found.index(f'name="jumpstart-{name}"') + len(f'name="jumpstart-{name}"')
        end = found.index(">", start)
        found = found[:start] + " " + html + found[end:]
    with pytest.raises(InputError, match=said):
        verify_site(lambda each: found.encode())


def test_the_command_verifies_a_folder_and_a_host(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = write_site(tmp_path, CONFIG)
    with SiteServer(tmp_path) as server:
        for where in (str(tmp_path), server.url):
            assert main(["verify-page", where, "--json"]) == 0
            found = json.loads(capsys.readouterr().out)
            assert found == {
                "sale": SALE,
                "chainId": 1,
                "rpc": CONFIG.rpc,
                "proofs": "",
                "htmlSha256": digest,
            }
        (tmp_path / "page.js").write_text("alert(1)")
        assert main(["verify-page", server.url]) == 1
        (tmp_path / "page.js").unlink()
        assert main(["verify-page", server.url]) == 2
    assert main(["verify-page", str(tmp_path / "nothing")]) == 2
    assert main(["verify-page", server.url]) == 2


def test_the_server_gives_files_and_nothing_else(tmp_path: Path) -> None:
    write_site(tmp_path, CONFIG)
    (tmp_path / "proofs").mkdir()
    with SiteServer(tmp_path) as server:
        with urllib.request.urlopen(server.url, timeout=10) as answer:
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        asked = urllib.request.Request(server.url + "page.js", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
            assert gzip.decompress(answer.read()) == (tmp_path / "page.js").read_bytes()
        for path in ("proofs/", "../pyproject.toml", "nothing"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(server.url + path, timeout=10)
        with pytest.raises(InputError, match=r"--port: 127\.0\.0\.1"):
            SiteServer(tmp_path, int(server.url.rsplit(":", 1)[1].strip("/")))


def test_a_folder_without_proofs_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"index\.json is not there"):
        write_site(tmp_path / "site", CONFIG, tmp_path)
    assert not (tmp_path / "site").exists()
