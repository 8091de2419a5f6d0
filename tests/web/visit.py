"""A visit: the page of a sale, opened in a browser as a participant opens it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Route, expect

from jumpstart.site.server import SiteServer
from jumpstart.site.site import PROOFS, Config, write_site
from jumpstart.snapshot import shards
from jumpstart.tree import HOLDING_TYPES, Tree
from tests.chain.stage import Trial
from tests.web.wallet import Wallet

PATIENCE = 15_000  # milliseconds


def snapshot_of(trial: Trial, folder: Path) -> Path:
    """The proofs of a sale's holdings, as a snapshot has them."""
    rows = sorted((account.lower(), holding) for account, holding in trial.tree.values)
    tree = Tree.of(rows, HOLDING_TYPES)
    assert tree.root == trial.tree.root
    folder.mkdir(parents=True)
    shards.write(folder, tree, shards.Layout.of([account for account, _ in rows]), single=False)
    return folder


Answer = dict[str, Any]
Change = Callable[[Answer, Answer], None]
"""Changes a reply of the node, by its request."""


def answering(change: Change) -> Callable[[Route], None]:
    """A node whose replies are changed one by one, alone or in batches."""

    def answer(route: Route) -> None:
        asked = json.loads(route.request.post_data or "")
        answered = route.fetch()
        found = answered.json()
        requests, replies = (asked, found) if isinstance(asked, list) else ([asked], [found])
        for request, reply in zip(requests, replies, strict=True):
            change(request, reply)
        route.fulfill(response=answered, body=json.dumps(found))

    return answer


class Visit:
    """What is in the browser. Whatever the page complains of is in `complaints`, whom it asks in `asked`."""

    def __init__(self, page: Page, url: str, rpc: str) -> None:
        self.page, self.url, self.rpc = page, url, rpc
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._seen)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _seen(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self.asked.append(request.url)

    def open(self) -> None:
        self.page.goto(self.url)
        self.page.wait_for_selector("#phase, #problem")

    def connect(self, title: str = "Test Wallet") -> None:
        self.page.get_by_role("button", name=f"Connect {title}").click()
        self.page.wait_for_selector("#shown")

    def look(self, address: str) -> None:
        self.page.fill("#look", address)
        self.page.get_by_role("button", name="Look", exact=True).click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def confirm(self) -> str:
        """Waits for what it would do, and does it; what it would do."""
        self.page.wait_for_selector("#outcome")
        words = self.page.inner_text("#outcome")
        self.page.click("#send")
        return words

    def reach(self, step: str) -> None:
        """The transaction has come so far."""
        self.page.wait_for_selector(f'#progress[data-step="{step}"]')

    def finish(self) -> str:
        """Confirms, and waits until it is done; what it would do."""
        words = self.confirm()
        self.reach("done")
        self.page.click("#close")
        return words

    def shows(self, selector: str, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator(selector)).to_contain_text(text, timeout=PATIENCE)

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)


@contextmanager
def visited(
    browser: Browser,
    trial: Trial,
    folder: Path,
    *wallets: Wallet,
    rpc: str | None = None,
    with_proofs: bool = True,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    **changes: Any,
) -> Iterator[Visit]:
    """Puts the page of a sale up and opens it. At its end the page must not have complained, nor asked anybody but
    the node and its own host.
    """
    snapshot = snapshot_of(trial, folder / "snapshot") if with_proofs else None
    config = Config(
        sale=trial.address,
        chain_id=trial.chain.chain_id,
        rpc=rpc or trial.chain.url,
        proofs=PROOFS if with_proofs else "",
    )
    write_site(folder / "site", config, snapshot)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB", **changes
    )
    try:
        with SiteServer(folder / "site") as server:
            page = context.new_page()
            visit = Visit(page, server.url, config.rpc)
            for place, wallet in enumerate(wallets):
                title = "Test Wallet" if place == 0 else f"Test Wallet {place + 1}"
                wallet.put_into(page, f"w{place}", title)
            page.clock.install()  # so that a test can wait for minutes
            visit.open()
            yield visit
            others = [each for each in visit.asked if not each.startswith((server.url, config.rpc))]
            assert others == []
            assert visit.complaints == []
    finally:
        context.close()
