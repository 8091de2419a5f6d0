"""Every mutant of the contracts is given away by what it did, under the right name.

The scenes are those which `test_scenes` finds consistent with the real contracts.
"""

from dataclasses import replace

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.audit.audit import audit
from jumpstart.audit.findings import DIFFERENT
from jumpstart.authorisations import Purpose
from jumpstart.chain.client import Transaction
from jumpstart.chain.platform import Committee
from tests.chain import figures
from tests.chain.audit import scenes
from tests.chain.audit.mutants import Mutant, plant
from tests.chain.stage import Stage, Trial

SALE, ESCROW, REVIEW = "SubscriptionSale", "ProceedsEscrow", "ProjectReview"


def wrong_holding(stage: Stage) -> Trial:
    """Somebody says that it holds more than was published."""
    trial = stage.open()
    buyer = stage.people.buyers[0]
    holding, proof = trial.proof_of(buyer)
    trial.send("subscribe", 1_000, holding * 5, proof, sender=buyer)
    return trial


def without_pass(stage: Stage) -> Trial:
    """Somebody subscribes whom nobody has attested."""
    trial = stage.open()
    person: LocalAccount = stage.people.unattested
    holding, proof = trial.proof_of(person)
    trial.send("subscribe", 1_000, holding, proof, sender=person)
    return trial


def guardian_votes(stage: Stage) -> Trial:
    """The guardian votes as if it were a reviewer."""
    trial = stage.open()
    trial.oversubscribe()
    review, guardian = stage.platform.review, stage.people.guardian
    review.send("voteToDelist", trial.sale.application, scenes.EVIDENCE, sender=guardian)
    return trial


def over_the_limit(stage: Stage) -> Trial:
    """Subscriptions of more than the limit, which is the supply."""
    trial = stage.open(supplies=((figures.SUPPLY, figures.SUPPLY),))
    for buyer, amount in zip(stage.people.buyers[:2], (200_000, 150_000), strict=True):
        holding, proof = trial.proof_of(buyer)
        trial.send("subscribe", amount, holding, proof, sender=buyer)
    return trial


def bond_returned(stage: Stage) -> Trial:
    """A month after the listing."""
    trial = stage.list()
    stage.chain.mine_at(stage.chain.now() + 31 * figures.DAY)
    stage.platform.review.send("returnBond", trial.sale.application, sender=stage.people.stranger)
    return trial


def guardian_appoints(stage: Stage) -> Trial:
    """The guardian appoints a reviewer as if it were the chair."""
    stage.platform.review.send(
        "appointReviewer", stage.people.heir.address, sender=stage.people.guardian
    )
    return stage.list()


def posted_by_anybody(stage: Stage) -> Trial:
    """A stranger posts the right root."""
    trial = stage.list()
    trial.sale.publish_holdings(trial.tree.root, sender=stage.people.stranger)
    return trial


def claimed_by_a_thief(stage: Stage) -> Trial:
    """A stranger has a claim paid to itself, with somebody else's signature."""
    trial = scenes.settled(stage)
    victim, thief = stage.people.buyers[4], stage.people.stranger
    deadline = trial.chain.now() + 3600
    word = trial.word(Purpose.CLAIM, victim, thief, by=thief, deadline=deadline)
    trial.send("claimTo", victim.address, thief.address, deadline, word, sender=thief)
    return trial


def other_scores(stage: Stage) -> Trial:
    """The reviewer reveals others than it committed to."""
    committee = stage.committee
    stage.committee = _Fickle(platform=stage.platform, reviewers=committee.reviewers)
    try:
        return stage.list()
    finally:
        stage.committee = committee


class _Fickle(Committee):
    """Commits to one scorecard, and reveals another."""

    def verdict(self, application: int) -> list[Transaction]:
        committed, *_ = super().verdict(application)
        better = replace(self, scores=(90,) * len(self.scores))
        _, *others = Committee.verdict(better, application)
        return [committed, *others]


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="a claim without its refund",
        contract=SALE,
        source="contracts/sale/SaleClaiming.sol",
        before="_pay(terms_.paymentToken(), to, refunded);\n        _pay(terms_.saleToken(), to, tokens);",
        after="_pay(terms_.saleToken(), to, tokens);",
        scene=scenes.settled,
        kind="transfer",
        what="from sale to 0x",
    ),
    Mutant(
        name="a wrong coefficient",
        contract=SALE,
        source="contracts/sale/SaleSubscribing.sol",
        before="return PositionCodec.admitted(tier, coefficient, session);",
        after="return PositionCodec.admitted(tier, coefficient + 1, session);",
        scene=scenes.settled,
        kind="event",
        what="Subscribed of 0x",
    ),
    Mutant(
        name="more released than is free",
        contract=ESCROW,
        source="contracts/ProceedsEscrow.sol",
        before="bps = terms_.initialBps();",
        after="bps = terms_.initialBps() + 1_000;",
        scene=scenes.exits,
        kind="event",
        what="escrow event Released.amount",
    ),
)

DEEP_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="a cost rounded down",
        contract=SALE,
        source="contracts/libraries/PriceMath.sol",
        before="(tokens * price + priceUnit - 1) / priceUnit",
        after="tokens * price / priceUnit",
        scene=scenes.settled,
        kind="transfer",
        what="to sale",
    ),
    Mutant(
        name="an allotment rounded up",
        contract=SALE,
        source="contracts/libraries/TieredMath.sol",
        before="return coefficient * subscribed * outcome.remaining() / outcome.weight();",
        after="return coefficient * subscribed * outcome.remaining() / outcome.weight() + 1;",
        scene=scenes.settled,
        kind="event",
        what="Claimed of 0x",
    ),
    Mutant(
        name="a coin refund that is kept",
        contract=SALE,
        source="contracts/sale/SaleClaiming.sol",
        before="_pay(terms_.paymentToken(), to, refunded);\n        _pay(terms_.saleToken(), to, tokens);",
        after="_pay(terms_.saleToken(), to, tokens);",
        scene=scenes.native,
        kind="balance",
        what="coins of the sale",
    ),
    Mutant(
        name="a hidden transfer",
        contract=SALE,
        source="contracts/sale/SaleCollecting.sol",
        before="_pay(terms_.paymentToken(), terms_.feeTo(), amount);",
        after="_pay(terms_.paymentToken(), terms_.feeTo(), amount);\n"
        "        _pay(terms_.saleToken(), terms_.feeTo(), 7);",
        scene=scenes.native,
        kind="transfer",
        what="from sale to",
    ),
    Mutant(
        name="a proof that nobody looks at",
        contract=SALE,
        source="contracts/sale/SaleSubscribing.sol",
        before="if (!MerkleProofLib.verifyCalldata(proof, root, _leafOf(msg.sender, holding))) {",
        after="if (root == 0 || proof.length > 255) {",
        scene=wrong_holding,
        kind="holding",
        what="root that the proof of 0x",
    ),
    Mutant(
        name="a changed root",
        contract=SALE,
        source="contracts/sale/SaleOpening.sol",
        before="        _suspendedRoot = root;\n        _resume();\n        emit HoldingsPublished(root);",
        after="        _suspendedRoot = root ^ bytes32(uint256(1));\n        _resume();\n"
        "        emit HoldingsPublished(root);",
        scene=lambda stage: stage.publish(),
        kind="state",
        what="sale.opening.root",
    ),
    Mutant(
        name="a pass that nobody looks at",
        contract=SALE,
        source="contracts/sale/SaleSubscribing.sol",
        before="        _checkPass(terms_);\n",
        after="",
        scene=without_pass,
        kind="event",
        what="a pass that counts",
    ),
    Mutant(
        name="a limit that is crossed",
        contract=SALE,
        source="contracts/sale/SaleSubscribing.sol",
        before="accepted = amount < room ? amount : room;",
        after="accepted = amount;",
        scene=over_the_limit,
        kind="event",
        what="Subscribed of 0x",
    ),
    Mutant(
        name="proceeds that reach into refunds",
        contract=SALE,
        source="contracts/libraries/TieredMath.sol",
        before="remaining > sharing ? remaining - sharing : 0",
        after="remaining",
        scene=scenes.settled,
        kind="event",
        what="sale event SaleSucceeded.proceeds",
    ),
    Mutant(
        name="vesting without its cliff",
        contract=SALE,
        source="contracts/libraries/ScheduleMath.sol",
        before="uint256 unlocked = total * unlockBps / BPS;",
        after="uint256 unlocked = total * (unlockBps + 1) / BPS;",
        scene=scenes.settled,
        kind="event",
        what="Claimed of 0x",
    ),
    Mutant(
        name="demand that nobody subscribed",
        contract=SALE,
        source="contracts/rules/TieredRule.sol",
        before="demand.add(accepted, isNewHere ? 1 : 0, isNewcomer ? 1 : 0)",
        after="demand.add(accepted + 1, isNewHere ? 1 : 0, isNewcomer ? 1 : 0)",
        scene=scenes.expired,
        kind="state",
        what="sale.demandOf",
    ),
    Mutant(
        name="a redirection that nobody is told of",
        contract=SALE,
        source="contracts/sale/SaleClaiming.sol",
        before="(tokens, refunded) = _claim(account, to);\n        emit Redirected(account, to);",
        after="(tokens, refunded) = _claim(account, to);",
        scene=scenes.settled,
        kind="transfer",
        what="from sale to 0x",
    ),
    Mutant(
        name="a pause of two days",
        contract=SALE,
        source="contracts/sale/SaleOpening.sol",
        before="PAUSE_SECONDS = 1 days",
        after="PAUSE_SECONDS = 2 days",
        scene=scenes.paused,
        kind="event",
        what="SubscriptionsPaused.until",
    ),
    Mutant(
        name="a refund that is one unit short",
        contract=SALE,
        source="contracts/sale/SaleClaiming.sol",
        before="emit Refunded(account, refunded);\n\n        // Interact\n"
        "        _pay(terms_.paymentToken(), to, refunded);",
        after="emit Refunded(account, refunded);\n\n        // Interact\n"
        "        _pay(terms_.paymentToken(), to, refunded - 1);",
        scene=scenes.failed,
        kind="transfer",
        what="from sale to 0x",
    ),
    Mutant(
        name="an exit that pays less",
        contract=ESCROW,
        source="contracts/ProceedsEscrow.sol",
        before="proceeds - _shareDown(proceeds, releasedBps), returned, sold)",
        after="proceeds - _shareDown(proceeds, releasedBps), returned / 2, sold)",
        scene=scenes.exits,
        kind="event",
        what="ExitPaid of 0x",
    ),
    Mutant(
        name="an objection that counts twice",
        contract=ESCROW,
        source="contracts/ProceedsEscrow.sol",
        before="progress.objected += uint112(weight);",
        after="progress.objected += 2 * uint112(weight);",
        scene=scenes.exits,
        kind="event",
        what="objected",
    ),
    Mutant(
        name="a bond shared by another weight",
        contract=ESCROW,
        source="contracts/ProceedsEscrow.sol",
        before="amount = _slash.bond * _weightOf(sale_, account) / _slash.totalWeight;",
        after="amount = _slash.bond * _weightOf(sale_, account) / (_slash.totalWeight + 7);",
        scene=scenes.delisted,
        kind="event",
        what="BondShared of 0x",
    ),
    Mutant(
        name="an extra role",
        contract=REVIEW,
        source="contracts/review/ReviewCommittee.sol",
        before="return _reviewers.contains(account);",
        after="return _reviewers.contains(account) || account == guardian;",
        scene=guardian_votes,
        kind="role",
        what="review.isReviewer",
    ),
    Mutant(
        name="a vote of who is none",
        contract=REVIEW,
        source="contracts/review/ReviewCommittee.sol",
        before="return _reviewers.contains(account);",
        after="return _reviewers.contains(account) || account == guardian;",
        scene=guardian_votes,
        kind="event",
        what="review event Voted",
    ),
    Mutant(
        name="a bond that comes back too soon",
        contract=REVIEW,
        source="contracts/review/ReviewApplying.sol",
        before="return parts < PARTS ? BOND * parts / PARTS : BOND;",
        after="return parts < PARTS ? BOND * (parts + 1) / PARTS : BOND;",
        scene=bond_returned,
        kind="event",
        what="BondReturned",
    ),
    Mutant(
        name="a reviewer whom the guardian appoints",
        contract=REVIEW,
        source="contracts/review/ReviewCommittee.sol",
        before="if (msg.sender != chair) revert",
        after="if (msg.sender != chair && msg.sender != guardian) revert",
        scene=guardian_appoints,
        kind="role",
        what="ReviewerAppointed of 0x",
    ),
    Mutant(
        name="holdings that anybody posts",
        contract=SALE,
        source="contracts/sale/SaleOpening.sol",
        before="if (msg.sender != publisher) revert SubscriptionSale_OnlyPublisher(msg.sender, publisher);",
        after="",
        scene=posted_by_anybody,
        kind="role",
        what="HoldingsPublished: sent by",
    ),
    Mutant(
        name="a subscription that takes more than it costs",
        contract=SALE,
        source="contracts/sale/SaleSubscribing.sol",
        before="if (received != due) revert SubscriptionSale_PaymentShort(received, due);",
        after="if (received != due) revert SubscriptionSale_PaymentShort(received, due);\n"
        "            _pull(token, 7);",
        scene=scenes.settled,
        kind="transfer",
        what="to sale",
    ),
    Mutant(
        name="a payout elsewhere that nobody has signed",
        contract=SALE,
        source="contracts/sale/SaleClaiming.sol",
        before="if (!SignatureChecker.isValidSignatureNow(account, _hashTypedDataV4(message), signature)) {",
        after="if (_hashTypedDataV4(message) == 0) {",
        scene=claimed_by_a_thief,
        kind="event",
        what="sent or signed by",
    ),
    Mutant(
        name="scores that nobody committed to",
        contract=REVIEW,
        source="contracts/review/ReviewScoring.sol",
        before="if (given != card.commitment) revert",
        after="if (given == 0) revert",
        scene=other_scores,
        kind="event",
        what="Revealed of 0x",
    ),
    Mutant(
        name="a scorecard that counts for nothing",
        contract=REVIEW,
        source="contracts/review/ReviewScoring.sol",
        before="uint256 median = scores[(count - 1) / 2];",
        after="uint256 median = scores[(count - 1) / 2] + 1;",
        scene=lambda stage: stage.list(),
        kind="event",
        what="Decided",
    ),
    Mutant(
        name="a grant that pays too much",
        contract="VestingVault",
        source="contracts/VestingVault.sol",
        before="SafeTransferLib.safeTransfer(grant.plan.token, state.beneficiary, amount);",
        after="SafeTransferLib.safeTransfer(grant.plan.token, state.beneficiary, amount + 1);",
        scene=scenes.locked,
        kind="transfer",
        what="from vault to",
    ),
    Mutant(
        name="a revocation that keeps one token",
        contract="VestingVault",
        source="contracts/VestingVault.sol",
        before="returned = grant.amount - vested;",
        after="returned = grant.amount - vested - 1;",
        scene=scenes.locked,
        kind="event",
        what="Revoked",
    ),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "mutant",
    [*MUTANTS, *(pytest.param(each, marks=pytest.mark.deep) for each in DEEP_MUTANTS)],
    ids=lambda mutant: mutant.name.replace(" ", "-"),
)
def test_a_mutant_is_caught_by_what_it_did(stage: Stage, mutant: Mutant) -> None:
    plant(stage, mutant)
    trial = mutant.scene(stage)
    done = audit(trial.chain, trial.address, with_code=False)
    assert done.findings.verdict == DIFFERENT
    found = [f"{each.kind}: {each}" for each in done.findings.all]
    assert any(
        each.kind == mutant.kind and mutant.what in each.what for each in done.findings.all
    ), found


def test_a_mutant_is_caught_by_its_code_before_it_did_anything(stage: Stage) -> None:
    """With the names of the contract and of the place."""
    plant(stage, MUTANTS[1])
    trial = stage.list()
    done = audit(trial.chain, trial.address)
    assert [each.kind for each in done.findings.all] == ["code"]
    assert "sale implementation" in done.findings.all[0].what
    assert done.code == "different"
