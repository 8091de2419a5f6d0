"""`jumpstart draw`: from a sale, or from the file of its terms, the same days; one line where it cannot be."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from jumpstart.chain.client import Chain
from jumpstart.cli import main
from jumpstart.snapshot.draw import draw
from jumpstart.terms import DAY_SECONDS
from jumpstart.times import format_time, parse_time
from tests.chain.stage import Stage, Trial
from tests.unit.conftest import PROJECT


@pytest.fixture
def drawn_sale(stage: Stage, chain: Chain) -> Trial:
    """A sale whose days have blocks, past its draw."""
    trial = stage.list(stage.listing().moved(10 * DAY_SECONDS), is_drawn=False)
    terms = trial.sale.listing.holdings
    for day in range(terms.day_count):
        chain.mine_at(terms.days_start + day * DAY_SECONDS + 5_000)
        chain.mine_at(terms.days_start + day * DAY_SECONDS + 50_000)
    chain.mine_at(terms.draw_time + 3)
    return trial


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(["draw", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_a_sale_says_how_its_holdings_are_drawn(
    drawn_sale: Trial, chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    """Days with moment, block and hash; and the blocks as `snapshot` takes them."""
    expected = draw(drawn_sale.sale.listing.holdings, chain, chain)
    status, out, _ = run(capsys, "--sale", drawn_sale.address, "--rpc", chain.url, "--json")
    content: dict[str, Any] = json.loads(out)
    assert status == 0
    assert content["seed"]["hash"] == expected.seed_block.hash
    assert [(day["moment"], day["block"], day["hash"]) for day in content["days"]] == [
        (moment, block.number, block.hash)
        for moment, block in zip(expected.moments, expected.blocks, strict=True)
    ]
    status, out, _ = run(capsys, "--sale", drawn_sale.address, "--rpc", chain.url)
    assert status == 0
    blocks = ",".join(str(block.number) for block in expected.blocks)
    assert re.search(rf"^--blocks +{blocks}$", out, re.MULTILINE)
    assert format_time(expected.moments[3]) in out


def test_a_file_of_terms_says_the_same(
    drawn_sale: Trial, chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the token of the holdings has to be named."""
    terms = drawn_sale.sale.listing.holdings
    text = (PROJECT / "sales" / "em-2019-07.toml").read_text()
    text = re.sub(r"\ndays = \d+\n", f"\ndays = {terms.day_count}\n", text)
    times = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    drawn_then = re.search(rf"\ndraw = ({times})", text)
    assert drawn_then is not None
    later = terms.draw_time - parse_time(drawn_then[1])
    text = re.sub(times, lambda match: format_time(parse_time(match[0]) + later), text)
    file = tmp_path / "sale.toml"
    file.write_text(text)
    token = f"holding-token=0x{terms.token.hex()}"
    words = (str(file), "--account", token, "--rpc", chain.url)
    status, out, _ = run(capsys, *words)
    assert status == 0
    assert run(capsys, "--sale", drawn_sale.address, "--rpc", chain.url)[1] == out
    status, _, err = run(capsys, str(file), "--rpc", chain.url)
    assert status == 2
    assert "no address for the accounts named holding-token" in err


def test_before_its_time_there_is_nothing_to_draw(
    stage: Stage, chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with both times, and status 2."""
    trial = stage.list(is_drawn=False)
    status, out, err = run(capsys, "--sale", trial.address, "--rpc", chain.url)
    assert (status, out) == (2, "")
    time = format_time(trial.sale.listing.holdings.draw_time)
    assert re.fullmatch(
        rf"jumpstart: the draw: chain 1337 has come to block .*, before {time}\n", err
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "give either the file of the terms or --sale"),
        (["sale.toml", "--sale", "0x" + 40 * "1"], "give either the file of the terms or --sale"),
        (["--sale", "0x12"], "--sale: '0x12' is not an address"),
        (["--sale", "0x" + 40 * "1"], "there is no contract at 0x1111"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    words: list[str], complaint: str, chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, with nothing printed."""
    status, out, err = run(capsys, *words, "--rpc", chain.url)
    assert (status, out) == (2, "")
    assert complaint in err.splitlines()[-1]
