"""The page of a sale in a real browser, with a wallet that signs for real, on a real chain."""

import json
import os
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from eth_account.signers.local import LocalAccount
from playwright.sync_api import Browser, Route, expect

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.ledger import Stage as Done
from tests.chain import figures
from tests.chain.conftest import START
from tests.chain.proceeds_escrow.escrowed import Escrowed
from tests.chain.stage import People, Stage, Trial, account, raw
from tests.web.visit import PATIENCE, Answer, answering, visited
from tests.web.wallet import ContractAccount, Wallet

pytestmark = pytest.mark.timeout(180)

AMOUNT = 60_000
POLL = 4_000  # milliseconds after which the page reads again


def written(amount: int, decimals: int = 18) -> str:
    """As it is typed into the page."""
    digits = str(amount).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def stage_of(trial: Trial, person: LocalAccount) -> Done:
    return Done(trial.call("positionOf", person.address).stage)


# ---------------------------------------------------------------------------------------- who can take part


def test_anybody_sees_what_is_promised_and_who_can_take_part(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """Without a wallet: the exact terms, and for each reason why somebody cannot take part what to do."""
    trial = stage.open()
    stage.platform.pass_registry.send(
        "revoke", people.buyers[1].address, sender=stage.people.attester
    )
    with visited(browser, trial, tmp_path) as visit:
        visit.shows("#phase", "Open for subscriptions")
        visit.shows("h1", "Sale of")
        visit.shows(
            "section[aria-labelledby=terms] dl.facts", "0x" + trial.sale.listing.terms_hash.hex()
        )
        visit.shows("section[aria-labelledby=terms] dl.facts", "0.000002")
        _, total = stage.platform.review.call("resultOf", trial.sale.application)
        visit.shows("#scorecard", f"{total / 10_000:g} points of 100")
        visit.look(people.buyers[2].address)
        visit.shows("#pass", "a pass that counts")
        visit.shows("#holding", "Its coefficient is 3")
        visit.shows("#eligible", "It can subscribe")
        visit.look(people.buyers[1].address)
        visit.shows("#pass", "was revoked")
        visit.shows("#eligible", "It cannot subscribe")
        visit.look(people.small_holder.address)
        visit.shows("#holding", "are needed")
        visit.shows("#eligible", "It cannot subscribe")
        visit.look(people.stranger.address)
        visit.shows("#pass", "no pass of an accepted attester")
        visit.shows("#holding", "not in the list of holdings")
        visit.look("0x12")
        visit.shows("#look-bad", "no address")
        visit.press("Deutsch")
        visit.shows("#phase", "Die Zeichnung ist offen")
        assert visit.page.locator("html").get_attribute("lang") == "de"


def test_a_holding_is_believed_only_with_its_proof(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """Proofs of another list, a holding that was changed, and none at all."""
    trial = stage.open()
    buyer = people.buyers[2].address
    with visited(browser, trial, tmp_path) as visit:
        proofs = tmp_path / "site" / "proofs"
        for shard in proofs.glob("0x*.json"):
            text = shard.read_text()
            shard.write_text(re.sub(r'"holding": ?"(\d+)"', r'"holding":"9\1"', text))
        visit.look(buyer)
        visit.shows("#holding", "does not lead to the root")
        assert visit.find("#subscribe").count() == 0
        index = proofs / "index.json"
        index.write_text(json.dumps(json.loads(index.read_text()) | {"root": "0x" + "12" * 32}))
        os.utime(
            index, (0, 2_000_000_000)
        )  # a browser asks whether it was changed since it read it
        visit.look(people.buyers[3].address)
        visit.shows("#holding", "not of 0x")
    with visited(browser, trial, tmp_path / "without", with_proofs=False) as visit:
        visit.look(buyer)
        visit.shows("#holding", "no proofs beside it")


# ---------------------------------------------------------------------------------------- subscribing


def test_subscribing_with_a_permit_takes_one_transaction(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    """And leaves no allowance behind. What the page said beforehand is what came of it."""
    trial, wallet = stage.open(payers=[]), Wallet(stage.chain, buyer)
    due = trial.terms.cost_up(AMOUNT)
    had = trial.paid(buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.page.fill("#amount", written(AMOUNT))
        visit.shows("#due", f"{due / 10**6:f}".rstrip("0"))
        visit.shows("#best", "0.00000000000006")
        visit.press("Sign a permit")
        assert "0.00000000000006" in visit.finish()
        visit.shows("#asked", "0.00000000000006")
        visit.shows("#deposit", f"{due / 10**6:f}".rstrip("0"))
    assert wallet.asked.count("eth_sendTransaction") == 1
    assert trial.call("positionOf", buyer.address).amount == AMOUNT
    assert had - trial.paid(buyer) == due
    assert stage.payment_token.call("allowance", buyer.address, trial.address) == 0


def test_subscribing_by_an_exact_approval_and_more_later(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    """A token without permits, by an amount of money, and a top-up."""
    token = stage.odd_token("NoReturnToken", paying=True)
    trial, wallet = stage.open(payment_token=raw(token), payers=[]), Wallet(stage.chain, buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        for amount, total in ((AMOUNT, AMOUNT), (3_000, AMOUNT + 3_000)):
            visit.page.fill("#amount", written(amount))
            expect(visit.find("text=Sign a permit")).to_have_count(0)
            visit.press("1. Allow exactly")
            assert "and no more" in visit.finish()
            assert token.call("allowance", buyer.address, trial.address) == trial.terms.cost_up(
                total
            ) - trial.call("depositOf", buyer.address)
            visit.page.wait_for_selector("button.primary:has-text('Subscribe'):not([disabled])")
            visit.page.click("button.primary:has-text('Subscribe')")
            visit.finish()
            assert trial.call("positionOf", buyer.address).amount == total
        assert token.call("allowance", buyer.address, trial.address) == 0


def test_native_coin_is_sent_along(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    trial = stage.open(payment_token=bytes(20))
    wallet = Wallet(stage.chain, buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.page.get_by_label("in money").check()
        visit.page.fill("#amount", written(trial.terms.cost_up(AMOUNT)))
        visit.page.click("button.primary:has-text('Subscribe')")
        visit.finish()
    position = trial.call("positionOf", buyer.address)
    assert trial.terms.cost_up(position.amount) == trial.terms.cost_up(AMOUNT)


def test_amounts_that_would_be_refused_are_said_beforehand(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    trial, wallet = stage.open(account_cap=100_000), Wallet(stage.chain, buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        for text, said in (
            (written(figures.MINIMUM - 1), "At least"),
            (written(100_001), "At most"),
            ("12e3", "a number with at most"),
            ("0." + "1" * 19, "a number with at most"),
        ):
            visit.page.fill("#amount", text)
            expect(visit.find("#amount-bad")).to_contain_text(
                re.compile(said, re.IGNORECASE), timeout=PATIENCE
            )
            assert visit.page.locator("button.primary:has-text('Subscribe')").is_disabled()


# ---------------------------------------------------------------------------------------- other accounts


def test_a_wallet_that_is_a_contract_does_everything(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """By approval, as permits are for keys; and its word for another address is asked of itself (ERC-1271)."""
    trial, contract = stage.open(payers=[]), stage.wallet
    wallet, cold = ContractAccount(contract, people.wallet_owner), account("cold")
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.shows("#shown", "is a contract")
        visit.page.fill("#amount", written(AMOUNT))
        expect(visit.find("text=Sign a permit")).to_have_count(0)
        visit.press("1. Allow exactly")
        visit.finish()
        visit.page.wait_for_selector("button.primary:has-text('Subscribe'):not([disabled])")
        visit.page.click("button.primary:has-text('Subscribe')")
        visit.finish()
        assert trial.call("positionOf", contract.address).amount == AMOUNT
        trial.close()
        trial.send("settle", sender=people.stranger)
        trial.vest()
        visit.page.get_by_text("Have it paid to another address").click()
        visit.page.fill("#other", cold.address)
        visit.press("Sign, and have it paid there")
        visit.finish()
        visit.shows("#stage", "claimed")
    assert trial.sold(cold) == AMOUNT


def test_an_account_that_has_delegated_still_signs_for_itself(
    browser: Browser, artifacts: Artifacts, tmp_path: Path
) -> None:
    """EIP-7702: it has code, and a permit all the same. On a node that knows such accounts."""
    with LocalNode("anvil", start_time=START) as node:
        chain = Chain.connect(node.url, artifacts=artifacts)
        stage = Stage(chain)
        buyer, trial = stage.people.buyers[2], stage.open(payers=[])
        designator = bytes.fromhex("ef0100") + raw(stage.wallet)
        chain.set_code(buyer.address, designator)
        with visited(browser, trial, tmp_path, Wallet(chain, buyer)) as visit:
            visit.connect()
            visit.page.fill("#amount", written(AMOUNT))
            visit.press("Sign a permit")
            visit.finish()
        assert trial.call("positionOf", buyer.address).amount == AMOUNT


@pytest.mark.parametrize("kind", ["ganache", "anvil"])
def test_a_wallet_that_can_bundle_calls_needs_one_transaction(
    browser: Browser, artifacts: Artifacts, tmp_path: Path, kind: Literal["ganache", "anvil"]
) -> None:
    """EIP-5792: allowance and subscription. One of the nodes can try both out, for the other the page calculates."""
    with LocalNode(kind, start_time=START) as node:
        stage = Stage(Chain.connect(node.url, artifacts=artifacts))
        trial, contract = stage.open(payers=[]), stage.wallet
        wallet = ContractAccount(contract, stage.people.wallet_owner)
        wallet.is_atomic = True
        with visited(browser, trial, tmp_path, wallet) as visit:
            visit.connect()
            visit.page.fill("#amount", written(AMOUNT))
            visit.page.click("#at-once")
            visit.page.wait_for_selector("#outcome")
            assert visit.find("#calculated").count() == (1 if kind == "ganache" else 0)
            words = visit.finish()
            assert "and no more" in words
            assert "0.00000000000006 " in words
            assert visit.find("#approve").count() == 0
        assert wallet.asked.count("wallet_sendCalls") == 1
        assert "eth_sendTransaction" not in wallet.asked
        assert trial.call("positionOf", contract.address).amount == AMOUNT
        assert stage.payment_token.call("allowance", contract.address, trial.address) == 0


def _reverted(stage: Stage, trial: Trial) -> str:
    """The hash of a transaction that came into a block and failed."""
    early = trial.contract.transaction("settle", sender=stage.people.stranger)
    (receipt,) = stage.chain.send_many([early], check=False)
    assert not receipt.succeeded
    return receipt.transaction_hash


def test_a_bundle_that_is_declined_reverted_or_dropped_has_not_happened(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    trial = stage.open(payers=[])
    wallet = ContractAccount(stage.wallet, people.wallet_owner)
    wallet.is_atomic = True
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.page.fill("#amount", written(AMOUNT))

        def end(step: str) -> None:
            visit.page.click("#at-once")
            visit.confirm()
            visit.reach(step)
            visit.page.click("#close")

        wallet.rejects = {"wallet_sendCalls"}
        end("rejected")
        wallet.rejects = set()
        told: dict[str, Any] = {"receipts": []}
        wallet.instead = {
            "wallet_sendCalls": lambda _: {"id": "0x12"},
            "wallet_getCallsStatus": lambda _: told,
        }
        for told["status"], step in ((400, "dropped"), (500, "reverted"), (600, "reverted")):
            end(step)
        told |= {"status": 200, "receipts": [{"transactionHash": _reverted(stage, trial)}]}
        end("reverted")
        wallet.instead["wallet_sendCalls"] = lambda _: {}
        end("failed")
        wallet.is_atomic = False
        wallet.switch_chain(stage.chain.chain_id)
        visit.page.wait_for_selector("#approve")
        assert visit.find("#at-once").count() == 0
    assert stage.payment_token.call("allowance", stage.wallet.address, trial.address) == 0


def test_an_allowance_can_be_taken_back_for_tokens_that_ask_for_it(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    token = stage.odd_token("RaceGuardToken", paying=True)
    trial, wallet = stage.open(payment_token=raw(token), payers=[]), Wallet(stage.chain, buyer)
    token.send("approve", trial.address, 1, sender=buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.page.fill("#amount", written(AMOUNT))
        visit.page.click("#approve")
        visit.reach("refused")
        visit.page.click("#close")
        visit.page.click("#take-back")
        visit.finish()
        expect(visit.find("#take-back")).to_have_count(0, timeout=PATIENCE)
        visit.page.click("#approve")
        visit.finish()
        visit.page.click("#subscribe-go:not([disabled])")
        visit.finish()
    assert stage_of(trial, buyer) is Done.SUBSCRIBED


# ---------------------------------------------------------------------------------------- claiming


def test_a_sale_is_settled_claimed_and_paid_elsewhere(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """By participants alone: anybody settles, one claims, and later has what is free paid to another address."""
    trial = stage.open()
    trial.oversubscribe()
    trial.close()
    buyer, cold = people.buyers[0], account("cold")
    wallet = Wallet(stage.chain, buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.shows("#phase", "Waiting for settlement")
        visit.connect()
        visit.press("Settle the session")
        visit.finish()
        trial.ledger.settle(trial.chain.now())
        visit.shows("#phase", "succeeded")
        expected = trial.ledger.claimable_of(buyer.address, trial.chain.now())
        had = trial.paid(buyer)
        visit.page.click("#claim")
        said = visit.finish()
        assert f"{expected.refund / 10**6:f}".rstrip("0") in said
        assert trial.paid(buyer) == had + expected.refund
        trial.ledger.claim(buyer.address, trial.chain.now())
        trial.vest()
        visit.page.get_by_text("Have it paid to another address").click()
        visit.page.wait_for_selector("#claim:not([disabled])")
        visit.page.fill("#other", cold.address)
        visit.press("Sign, and have it paid there")
        said = visit.finish()
        assert cold.address[:6] in said
        visit.shows("#stage", "claimed")
        visit.shows("#nothing", "nothing to claim")
    allotted = trial.call("allotmentOf", buyer.address)
    assert trial.sold(cold) > 0
    assert trial.sold(cold) + trial.sold(buyer) == allotted


def test_everybody_takes_their_money_back_from_a_failed_sale(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    trial = stage.open(soft_cap=figures.SOFT_CAP)
    had = trial.paid(buyer)
    trial.subscribe(buyer, 1_000)
    trial.close()
    trial.settle()
    with visited(browser, trial, tmp_path, Wallet(stage.chain, buyer)) as visit:
        visit.shows("#phase", "failed")
        visit.connect()
        visit.press("Take the refund")
        visit.finish()
        visit.shows("#stage", "refunded")
    assert trial.paid(buyer) == had
    assert stage_of(trial, buyer) is Done.REFUNDED


def test_whoever_exits_is_told_what_it_costs(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    trial = stage.open()
    trial.oversubscribe()
    trial.settle()
    trial.collect()
    stage.delist(trial)
    buyer = people.buyers[0]
    returned, amount = trial.escrow.call("exitOf", buyer.address)
    had = trial.paid(buyer)
    refund = trial.call("claimableOf", buyer.address)[1]
    with visited(browser, trial, tmp_path, Wallet(stage.chain, buyer)) as visit:
        visit.connect()
        visit.shows("#delivery-status", "Participants can exit")
        visit.shows("section:has(#delivery)", written(returned).rstrip("0"))
        visit.page.click("#exit")
        visit.finish()
        visit.shows("#stage", "exited")
        visit.page.click("#bond")
        visit.finish()
    assert trial.paid(buyer) == had + refund + amount
    assert trial.escrow.call("hasSharedBond", buyer.address)


def test_participants_object_to_what_was_not_delivered(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    trial = stage.open()
    trial.oversubscribe()
    trial.settle()
    trial.collect()
    Escrowed(trial).attest()
    buyer = people.buyers[4]
    with visited(browser, trial, tmp_path, Wallet(stage.chain, buyer)) as visit:
        visit.connect()
        visit.shows("section:has(#delivery)", "milestone 1 was delivered")
        visit.shows("section:has(#delivery)", "weigh 0%")
        visit.page.click("#object")
        visit.finish()
        visit.shows("section:has(#delivery)", "You have objected")
    assert trial.escrow.call("hasObjected", buyer.address)
    assert trial.escrow.call("delivery").objected == trial.call("weightOf", buyer.address)


# ---------------------------------------------------------------------------------------- what goes wrong


def test_what_is_declined_in_the_wallet_has_not_happened(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    trial, wallet = stage.open(payers=[]), Wallet(stage.chain, buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        wallet.rejects = {"eth_requestAccounts"}
        visit.press("Connect Test Wallet")
        visit.shows("[role=alert]", "You have declined")
        wallet.rejects = {"eth_signTypedData_v4", "eth_sendTransaction"}
        visit.connect()
        visit.page.fill("#amount", written(AMOUNT))
        visit.press("Sign a permit")
        visit.reach("rejected")
        visit.page.click("#close")
        visit.press("1. Allow exactly")
        visit.confirm()
        visit.reach("rejected")
        visit.page.click("#close")
        assert stage_of(trial, buyer) is Done.NONE
        wallet.rejects = set()
        visit.press("Sign a permit")
        visit.finish()
    assert stage_of(trial, buyer) is Done.SUBSCRIBED


def test_a_wallet_on_another_chain_or_account_sends_nothing(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    trial = stage.open()
    first, second = people.buyers[2], people.buyers[3]
    wallet = Wallet(stage.chain, first)
    wallet.chain_id = 5
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.shows("#wrong-chain", "chain 5")
        visit.page.fill("#amount", written(AMOUNT))
        go = visit.page.locator("button.primary:has-text('Subscribe')")
        expect(go).to_be_disabled()
        visit.press("Switch to chain")
        expect(go).to_be_enabled(timeout=PATIENCE)
        go.click()
        visit.page.wait_for_selector("#outcome")
        wallet.switch_account(second)
        visit.shows("#shown", second.address)
        expect(visit.find("#confirm")).to_have_count(0)
        wallet.switch_chain(7)
        visit.shows("#wrong-chain", "chain 7")
        wallet.switch_chain(stage.chain.chain_id)
        # A wallet that moves to another chain and says nothing of it.
        visit.page.fill("#amount", written(AMOUNT))
        expect(go).to_be_enabled(timeout=PATIENCE)
        go.click()
        visit.page.wait_for_selector("#outcome")
        wallet.chain_id = 7
        visit.page.click("#send")
        visit.reach("elsewhere")
        visit.page.click("#close")
        wallet.switch_chain(stage.chain.chain_id)
        # One that signs with another account than it has shown.
        visit.page.fill("#amount", written(AMOUNT))
        go.click()
        visit.page.wait_for_selector("#outcome")
        wallet.instead["eth_sendTransaction"] = lambda params: wallet.send(
            params[0] | {"from": first.address}
        )
        visit.page.click("#send")
        visit.reach("failed")
    assert stage_of(trial, first) is Done.NONE
    assert stage_of(trial, second) is Done.NONE


def test_a_node_that_goes_away_and_comes_back(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    """The last figures stay, nothing can be sent, and everything goes on by itself."""
    trial, wallet = stage.open(), Wallet(stage.chain, buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.page.fill("#amount", written(AMOUNT))
        go = visit.page.locator("button.primary:has-text('Subscribe')")
        expect(go).to_be_enabled(timeout=PATIENCE)

        def cut(route: Route) -> None:
            route.abort()

        visit.page.route(visit.rpc + "/**", cut)
        visit.page.wait_for_selector("#down")
        expect(go).to_be_disabled()
        visit.shows("#phase", "Open for subscriptions")
        visit.page.unroute(visit.rpc + "/**", cut)
        expect(visit.find("#down")).to_have_count(0, timeout=PATIENCE)
        go.click()
        visit.finish()
        visit.complaints = [each for each in visit.complaints if "ERR_FAILED" not in each]
    assert stage_of(trial, buyer) is Done.SUBSCRIBED


@pytest.mark.parametrize(
    "nonsense", ['"<html>"', "{}", "[]", '{"jsonrpc":"2.0","id":0,"result":"0xzz"}']
)
def test_a_node_that_answers_nonsense_shows_nothing_false(
    browser: Browser, stage: Stage, tmp_path: Path, nonsense: str
) -> None:
    trial = stage.open()
    with visited(browser, trial, tmp_path) as visit:

        def answer(route: Route) -> None:
            route.fulfill(
                body=nonsense,
                headers={"content-type": "application/json", "access-control-allow-origin": "*"},
            )

        visit.page.route(visit.rpc + "/**", answer)
        visit.page.reload()
        visit.page.wait_for_selector("#down")
        visit.shows("#content", "Reading the sale")
        assert visit.find("#phase").count() == 0


LIES = (
    ("settlementOf", 0, "what is shared in a settled session"),
    ("demandOf", 0, "what is shared in a settled session"),
    ("allotmentOf", 0, "what this account is allotted"),
    ("depositOf", 0, "what this account has paid in"),
    ("claimableOf", 0, "what this account can claim"),
    ("claimableOf", 1, "what comes back to this account"),
)
"""One more, in a word of what a function answers; and what the page says of it."""


def test_nothing_is_signed_on_figures_that_do_not_follow_from_the_others(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """Of a sale that has to be shared."""
    trial, buyer = stage.open(), people.buyers[2]
    trial.subscribe_all([(buyer, 60_000), (people.buyers[3], figures.SUPPLY)])
    trial.close()
    trial.send("settle", sender=people.stranger)
    trial.vest()
    lie, word = "", 0

    def change(request: Answer, reply: Answer) -> None:
        if request["method"] == "eth_call" and request["params"][0]["data"].startswith(lie):
            words = bytearray.fromhex(reply["result"][2:])
            place = slice(32 * word, 32 * word + 32)
            words[place] = (int.from_bytes(words[place]) + 1).to_bytes(32)
            reply["result"] = "0x" + words.hex()

    answer = answering(change)
    with visited(browser, trial, tmp_path, Wallet(stage.chain, buyer)) as visit:
        visit.connect()
        expect(visit.find("#claim")).to_be_enabled(timeout=PATIENCE)
        assert visit.find("#untrue").count() == 0
        for function, word, said in LIES:  # noqa: B007 (`word` is what the answers change)
            arguments = {"settlementOf": [0], "demandOf": [0, 0]}.get(function, [buyer.address])
            lie = "0x" + trial.contract.calldata(function, *arguments)[:4].hex()
            visit.page.route(visit.rpc + "/**", answer)
            visit.page.clock.fast_forward(POLL)
            visit.shows("#untrue", said)
            expect(visit.find("#claim")).to_be_disabled()
            visit.page.unroute(visit.rpc + "/**", answer)
            visit.page.clock.fast_forward(POLL)
            expect(visit.find("#untrue")).to_have_count(0, timeout=PATIENCE)
        visit.page.click("#claim")
        visit.finish()
    assert trial.sold(buyer) > 0


def test_a_chain_that_takes_blocks_back_is_followed(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    """What was done is not done any more, the page says so, and it can be done again."""
    trial, wallet = stage.open(), Wallet(stage.chain, buyer)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        before = stage.chain.snapshot()
        for _ in range(2):
            visit.page.fill("#amount", written(AMOUNT))
            visit.page.click("#subscribe-go")
            visit.finish()
            visit.shows("#stage", "subscribed")
            stage.chain.revert(before)
            before = stage.chain.snapshot()
            visit.shows("section[aria-labelledby=position]", "It has not subscribed")
            assert stage_of(trial, buyer) is Done.NONE
        visit.page.fill("#amount", written(AMOUNT))
        visit.page.click("#subscribe-go")
        visit.finish()
    assert stage_of(trial, buyer) is Done.SUBSCRIBED


def test_a_transaction_that_is_replaced_or_dropped_is_said_to_be(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    trial, wallet = stage.open(), Wallet(stage.chain, buyer)

    def replaced(params: list[Any]) -> str:
        """The wallet says one hash, and sends another transaction under the same number."""
        wallet.send(params[0] | {"to": buyer.address, "data": "0x"})
        return "0x" + "12" * 32

    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.page.fill("#amount", written(AMOUNT))
        wallet.instead["eth_sendTransaction"] = replaced
        go = visit.page.locator("button.primary:has-text('Subscribe')")
        go.click()
        visit.confirm()
        visit.reach("replaced")
        visit.page.click("#close")
        wallet.instead["eth_sendTransaction"] = lambda params: "0x" + "34" * 32
        go.click()
        visit.confirm()
        visit.reach("sent")
        visit.page.clock.fast_forward(200_000)
        visit.reach("dropped")
    assert stage_of(trial, buyer) is Done.NONE


def test_a_refusal_is_a_sentence_with_what_to_do(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """Something happens between looking and sending: the guardian pauses the sale."""
    trial, wallet = stage.open(), Wallet(stage.chain, people.buyers[2])
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        visit.page.fill("#amount", written(AMOUNT))
        go = visit.page.locator("button.primary:has-text('Subscribe')")
        expect(go).to_be_enabled(timeout=PATIENCE)
        go.click()
        visit.page.wait_for_selector("#outcome")
        trial.send("pause", sender=people.guardian)
        visit.page.click("#send")
        visit.reach("refused")
        visit.shows("#refusal", "Subscriptions are paused until")
        visit.page.click("#close")
        visit.shows("#phase", "Subscriptions are paused")
    assert wallet.asked.count("eth_sendTransaction") == 0


def test_several_wallets_and_an_old_one_are_offered(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    trial = stage.open()
    wallets = [Wallet(stage.chain, people.buyers[2]), Wallet(stage.chain, people.buyers[3])]
    with visited(browser, trial, tmp_path, *wallets) as visit:
        assert visit.page.locator(".wallets button").count() == 2
        visit.connect("Test Wallet 2")
        visit.shows("#shown", people.buyers[3].address)
        visit.press("Disconnect")
        old = Wallet(stage.chain, people.buyers[4])
        old.put_into(visit.page, "old", is_legacy=True)
        visit.page.reload()
        visit.page.wait_for_selector(".wallets li:nth-child(3)")
        visit.connect("the browser's wallet")
        visit.shows("#shown", people.buyers[4].address)


def test_a_token_cannot_pretend_to_be_something_else(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """HTML and marks that turn the direction of text, in the symbol of what is sold."""
    name = "\u202eDSU\u200b<img src=x onerror=document.title='owned'>"
    token = stage.chain.deploy(
        "ProjectToken", name, name, 18, 2**200, people.project.address, sender=people.project
    )
    token.send("approve", stage.platform.launchpad.address, 2**256 - 1, sender=people.project)
    trial = stage.open(sale_token=raw(token))
    with visited(browser, trial, tmp_path) as visit:
        heading = visit.page.inner_text("h1")
        assert "DSU<img" in heading, "as text, with nothing hidden in it"
        assert "\u202e" not in visit.page.content()
        assert visit.page.locator("img").count() == 0
        assert "owned" not in visit.page.title().replace(heading, "")


def test_terms_that_the_sale_is_not_bound_to_are_not_shown(
    browser: Browser, stage: Stage, tmp_path: Path
) -> None:
    """A node that tells of a lower price than the one that was listed."""
    trial = stage.open()
    honest = trial.sale.listing.abi_encoding.hex()
    price = (
        trial.terms.deal.price.to_bytes(32).hex() + trial.terms.deal.price_unit.to_bytes(32).hex()
    )
    cheaper = (1).to_bytes(32).hex() + trial.terms.deal.price_unit.to_bytes(32).hex()
    assert price in honest

    def lie(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(price, cheaper))

    with visited(browser, trial, tmp_path) as visit:
        visit.page.route(visit.rpc + "/**", lie)
        visit.page.reload()
        visit.shows("#problem", "other terms were published")
        assert visit.find("#phase").count() == 0


def test_an_address_with_something_behind_it_changes_nothing(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """Somebody sends a link to the right page, with another sale, node and account in it."""
    trial, other = stage.open(), people.stranger.address
    with visited(browser, trial, tmp_path) as visit:
        behind = f"sale={other}&rpc=http://127.0.0.1:1/&proofs=//127.0.0.1:1&account={other}"
        visit.page.goto(f"{visit.url}index.html?{behind}#{behind}")
        visit.shows("#phase", "Open for")
        visit.shows("footer", trial.address)
        assert other not in visit.page.content()


def test_a_page_of_something_else_says_so(browser: Browser, stage: Stage, tmp_path: Path) -> None:
    trial = stage.open()
    trial.address = stage.sale_token.address
    with visited(browser, trial, tmp_path) as visit:
        visit.shows("#problem", "cannot show a sale")
