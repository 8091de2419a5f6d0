"""Pictures of every state of the page, for docs/page-states.md: `make pictures` takes them anew."""

import hashlib
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, Route

from jumpstart.chain.compiler import PROJECT_ROOT
from jumpstart.terms import Tier
from tests.chain import figures
from tests.chain.proceeds_escrow.escrowed import Escrowed
from tests.chain.stage import People, Stage, Trial
from tests.web.test_documents import given
from tests.web.visit import Visit, visited
from tests.web.wallet import Wallet

FOLDER: Final = PROJECT_ROOT / "docs" / "pictures"
PAGE: Final = PROJECT_ROOT / "docs" / "page-states.md"

STATES: Final = {
    "before": "Before the sale: phase, countdown in both times",
    "terms": "What is promised, with the exact figures",
    "not-eligible": "An account that cannot take part, and why not",
    "eligible": "One that can, and how far it was from more",
    "subscribe": "Subscribing: what it costs, at least and at most",
    "wrong-amount": "An amount that would be refused, said beforehand",
    "before-signing": "Before signing: what the transaction would do",
    "declined": "Declined in the wallet",
    "subscribed": "Subscribed: what would be allotted now",
    "refused": "A refusal, as a sentence",
    "paused": "Subscriptions are paused",
    "wrong-chain": "The wallet is on another chain",
    "node-down": "The node does not answer",
    "unsettled": "After the session: anybody settles",
    "claim": "Claiming: tokens, refund, and how the rest becomes free",
    "claimed": "Claimed, with a receipt that has proved itself",
    "untrue": "A node whose figures do not follow from one another",
    "objection": "A milestone is attested: participants can object",
    "exit": "The exit: what is given up, and what one gets",
    "failed": "A sale that failed: the refund",
    "dossier": "A file held against what was reviewed",
    "german": "In German",
}
"""What is pictured, by the name of the picture, in the order of the page of pictures."""

Look = tuple[Literal["light", "dark"], int, int]
LOOKS: Final[tuple[Look, ...]] = (
    ("light", 1100, 760),
    ("dark", 1100, 760),
    ("light", 375, 760),
    ("dark", 375, 760),
)
QUALITY: Final = 55  # of JPEG

WHOLE: Final = 10**18
DOSSIER: Final = b"A dossier\n\nWhat we build, who we are, what it costs, and what can go wrong.\n"


def name_of(state: str, look: Look) -> str:
    scheme, width, _ = look
    return f"{state}-{'wide' if width > 600 else 'narrow'}-{scheme}.jpg"


def test_every_state_has_its_pictures_and_a_place_on_the_page() -> None:
    expected = [name_of(state, look) for state in STATES for look in LOOKS]
    assert sorted(each.name for each in FOLDER.iterdir()) == sorted(expected)
    text = PAGE.read_text()
    assert text == page_text()


def page_text() -> str:
    """The page of pictures."""
    parts = [
        "# What the page looks like\n",
        "Every state, wide and narrow, light and dark. `make pictures` takes them anew from the page in Chromium, with "
        "the contracts on a local chain, and writes this page.\n",
    ]
    for state, words in STATES.items():
        wide = " ".join(f"![{words}](pictures/{name_of(state, look)})" for look in LOOKS[:2])
        narrow = " ".join(f"![{words}](pictures/{name_of(state, look)})" for look in LOOKS[2:])
        parts.append(f"## {words}\n\n{wide}\n\n{narrow}\n")
    return "\n".join(parts)


def picture(visit: Visit, state: str, selector: str) -> None:
    """Takes a state in every look, with what matters at the top."""
    for look in LOOKS:
        scheme, width, height = look
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.page.emulate_media(color_scheme=scheme)
        visit.page.evaluate(
            "selector => window.scrollTo(0, document.querySelector(selector).getBoundingClientRect().top"
            " + window.scrollY - 24)",
            selector,
        )
        visit.page.wait_for_timeout(150)
        path = FOLDER / name_of(state, look)
        visit.page.screenshot(path=path, type="jpeg", quality=QUALITY, animations="disabled")
    visit.page.set_viewport_size({"width": 1100, "height": 760})


def published(stage: Stage, **changes: Any) -> Trial:
    """A sale with figures as people know them."""
    tiers = tuple(
        Tier(threshold=each.threshold * WHOLE, coefficient=each.coefficient)
        for each in figures.TIERS
    )
    return stage.publish(
        supplies=((figures.SUPPLY * WHOLE, figures.LIMIT * WHOLE),),
        holdings={name: held * WHOLE for name, held in stage.holdings.items()},
        tiers=tiers,
        price=100_000,  # of a token with six digits: 0.10
        price_unit=WHOLE,
        minimum=10 * WHOLE,
        cliff_seconds=0,
        step_seconds=0,
        dossier=(
            "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3",
            hashlib.sha256(DOSSIER).digest(),
        ),
        payers=[],
        **changes,
    )


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_every_state_is_pictured(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    FOLDER.mkdir(exist_ok=True)
    for each in FOLDER.iterdir():
        each.unlink()
    _a_sale_that_succeeds(browser, stage, people, tmp_path)
    _one_that_fails(browser, stage, people, tmp_path / "failed")
    PAGE.write_text(page_text())
    test_every_state_has_its_pictures_and_a_place_on_the_page()


def _a_sale_that_succeeds(browser: Browser, stage: Stage, people: People, folder: Path) -> None:
    trial, buyer = published(stage), people.buyers[2]
    wallet = Wallet(stage.chain, buyer)
    with visited(browser, trial, folder, wallet, width=1100) as visit:
        page = visit.page
        visit.shows("#phase", "have not begun")
        picture(visit, "before", "header")
        picture(visit, "terms", "section[aria-labelledby=terms]")
        visit.look(people.small_holder.address)
        visit.shows("#eligible", "It cannot")
        picture(visit, "not-eligible", "section[aria-labelledby=account]")
        visit.look(buyer.address)
        visit.shows("#eligible", "It can")
        picture(visit, "eligible", "section[aria-labelledby=account]")
        given(visit, "#dossier-file", "dossier.txt", DOSSIER)
        visit.shows("#dossier-check", "is the dossier")
        picture(visit, "dossier", "section[aria-labelledby=dossier]")
        trial.open()
        for other, amount in zip(people.buyers, figures.SUBSCRIPTIONS, strict=False):
            if other is not buyer:
                stage.payment_token.send("approve", trial.address, 2**200, sender=other)
                trial.subscribe(other, amount * WHOLE)
        visit.connect()
        visit.shows("#phase", "Open for")
        page.fill("#amount", "3")
        visit.shows("#amount-bad", "At least")
        picture(visit, "wrong-amount", "section[aria-labelledby=subscribe]")
        page.fill("#amount", "100000")
        page.wait_for_selector("#with-permit:not([disabled])")
        picture(visit, "subscribe", "section[aria-labelledby=subscribe]")
        page.click("#with-permit")
        page.wait_for_selector("#outcome")
        picture(visit, "before-signing", "section[aria-labelledby=subscribe]")
        wallet.rejects = {"eth_sendTransaction"}
        page.click("#send")
        visit.reach("rejected")
        picture(visit, "declined", "section[aria-labelledby=subscribe]")
        page.click("#close")
        wallet.rejects = set()
        page.click("#with-permit")
        visit.finish()
        visit.shows("#stage", "subscribed")
        picture(visit, "subscribed", "section[aria-labelledby=position]")
        visit.press("Deutsch")
        visit.shows("#phase", "offen")
        picture(visit, "german", "header")
        visit.press("English")
        page.fill("#amount", "1000")
        page.click("#with-permit")
        page.wait_for_selector("#outcome")
        trial.send("pause", sender=people.guardian)
        page.click("#send")
        visit.reach("refused")
        picture(visit, "refused", "section[aria-labelledby=position]")
        page.click("#close")
        visit.shows("#phase", "are paused")
        picture(visit, "paused", "header")
        wallet.switch_chain(1)
        visit.shows("#wrong-chain", "chain 1")
        picture(visit, "wrong-chain", "section[aria-labelledby=account]")
        wallet.switch_chain(stage.chain.chain_id)
        page.route(visit.rpc + "/**", lambda route: route.abort())
        page.clock.fast_forward(5_000)
        page.wait_for_selector("#down")
        picture(visit, "node-down", "header")
        page.unroute(visit.rpc + "/**")
        trial.close()
        visit.shows("#phase", "Waiting for settlement")
        picture(visit, "unsettled", "header")
        trial.settle()
        vesting = trial.terms.vesting
        stage.chain.mine_at(vesting.start + 20 * figures.DAY)
        trial.collect()
        visit.shows("#phase", "has succeeded")
        page.wait_for_selector("#claim:not([disabled])")
        picture(visit, "claim", "section[aria-labelledby=position]")
        _lie(visit, trial)
        picture(visit, "untrue", "header")
        page.unroute(visit.rpc + "/**")
        page.clock.fast_forward(5_000)
        page.click("#claim:not([disabled])")
        visit.finish()
        visit.shows("#stage", "claimed")
        page.click("#make-receipt")
        page.wait_for_selector('#made[data-state="made"]')
        picture(visit, "claimed", "section[aria-labelledby=receipts]")
        Escrowed(trial).attest()
        page.wait_for_selector("#object")
        picture(visit, "objection", "section[aria-labelledby=delivery]")
        stage.delist(trial)
        page.wait_for_selector("#exit")
        picture(visit, "exit", "section[aria-labelledby=delivery]")
        visit.complaints = [each for each in visit.complaints if "ERR_FAILED" not in each]


def _lie(visit: Visit, trial: Trial) -> None:
    """The node says more of what was paid in."""
    deposit = trial.call("depositOf", trial.stage.people.buyers[2].address)
    word, more = deposit.to_bytes(32).hex(), (2 * deposit).to_bytes(32).hex()

    def answer(route: Route) -> None:
        answered = route.fetch()
        route.fulfill(response=answered, body=answered.text().replace(word, more))

    visit.page.route(visit.rpc + "/**", answer)
    visit.page.clock.fast_forward(5_000)
    visit.page.wait_for_selector("#untrue")


def _one_that_fails(browser: Browser, stage: Stage, people: People, folder: Path) -> None:
    trial, buyer = published(stage, soft_cap=10**10), people.buyers[2]
    trial.open()
    stage.payment_token.send("approve", trial.address, 2**200, sender=buyer)
    trial.subscribe(buyer, 40_000 * WHOLE)
    trial.close()
    trial.settle()
    with visited(browser, trial, folder, Wallet(stage.chain, buyer), width=1100) as visit:
        visit.connect()
        visit.shows("#phase", "has failed")
        visit.page.wait_for_selector("#claim:not([disabled])")
        picture(visit, "failed", "section[aria-labelledby=position]")
