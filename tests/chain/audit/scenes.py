"""Sales brought to an end, or stopped on the way: what an audit has to explain. Each returns the sale."""

from dataclasses import replace
from typing import Any, Final

from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from jumpstart.authorisations import Purpose
from jumpstart.chain.sale import NATIVE, UNLIMITED
from jumpstart.schedule import Vesting
from jumpstart.signatures import TypedData
from jumpstart.terms import Allocation
from tests.chain import figures
from tests.chain.proceeds_escrow.escrowed import Escrowed
from tests.chain.stage import Stage, Trial, account, raw

EVIDENCE: Final = keccak(text="evidence")
MISSED: Final = figures.SOFT_CAP  # what two small subscriptions do not reach


def success(stage: Stage, **changes: Any) -> Trial:
    """One session, oversubscribed; everybody claims at the end, everything is collected and swept. Somebody
    sends tokens before that, and somebody after it.
    """
    trial = stage.open(**changes)
    trial.oversubscribe()
    trial.settle()
    buyers = stage.people.buyers[:5]
    trial.claim_for_all(*buyers)  # the refunds: nothing has vested yet
    trial.vest()
    trial.claim_for_all(*buyers)
    trial.collect()
    for gift in (11, 13):
        stage.sale_token.send("transfer", trial.address, gift, sender=stage.people.project)
        if gift == 11:
            trial.sweep(buyers)
    return trial


def settled(stage: Stage, **changes: Any) -> Trial:
    """It has succeeded, and four of five have claimed what was free after the cliff."""
    trial = stage.open(**changes)
    trial.oversubscribe()
    trial.settle()
    vesting = trial.terms.vesting
    trial.chain.mine_at(vesting.start + vesting.cliff_seconds + figures.DAY)
    first, second, third, fourth, _ = stage.people.buyers[:5]
    trial.claim_for_all(first, second)
    cold, deadline = account("cold"), trial.chain.now() + 3600
    word = trial.word(Purpose.CLAIM, third, cold, deadline=deadline)
    trial.send("claimTo", third.address, cold.address, deadline, word, sender=stage.people.stranger)
    trial.send("claimRefund", fourth.address, sender=stage.people.stranger)
    return trial


def native(stage: Stage) -> Trial:
    """In the native coin, with more sent than is due."""
    trial = stage.open(payment_token=NATIVE)
    first, second, *others = stage.people.buyers[:5]
    trial.subscribe(first, figures.SUBSCRIPTIONS[0], value=figures.SUBSCRIPTIONS[0])
    trial.subscribe_all(zip((second, *others), figures.SUBSCRIPTIONS[1:], strict=True))
    trial.settle()
    trial.claim_for_all(first, second)
    trial.collect()
    trial.escrow.send("release", sender=stage.people.stranger)
    return trial


def sessions(stage: Stage) -> Trial:
    """Two sessions: a top-up, a limit that is reached, somebody whose first session pays for the second, a wallet that
    is a contract, a permit, and a pause of a day which began before the first.
    """
    trial = stage.publish(
        supplies=((figures.SUPPLY, figures.SUPPLY + 1_000), (figures.SECOND_SUPPLY, 0)),
        soft_cap=1,
        account_cap=figures.ACCOUNT_CAP,
        payers=[*stage.people.buyers[:7], stage.wallet],
    )
    chain, buyers = trial.chain, stage.people.buyers
    trial.open()
    trial.subscribe_all([(buyers[0], 200_000), (buyers[2], 60_000)])
    trial.subscribe(buyers[0], 20_000)
    trial.subscribe(buyers[4], 40_000)  # of which the limit takes a part
    trial.settle()
    trial.open(1)
    trial.subscribe(buyers[0], figures.MINIMUM)  # less than the surplus of the first session
    trial.subscribe(buyers[2], 100_000)
    trial.subscribe(stage.wallet, 150_000)
    _permitted(stage, trial, buyers[7])
    trial.settle()
    chain.mine_at(trial.terms.vesting.start)
    trial.claim_for_all(buyers[0], buyers[4], stage.wallet)
    return trial


def unwanted(stage: Stage) -> Trial:
    """Two sessions, and nobody subscribes in the first: it is settled with nothing."""
    trial = stage.publish(
        supplies=((figures.SUPPLY, figures.SUPPLY + 1_000), (figures.SECOND_SUPPLY, 0)), soft_cap=1
    )
    trial.open()
    trial.settle()
    trial.open(1)
    buyer = stage.people.buyers[0]
    trial.subscribe(buyer, figures.MINIMUM)
    trial.settle()
    trial.chain.mine_at(trial.terms.vesting.start)
    trial.claim_for_all(buyer)
    return trial


def _permitted(stage: Stage, trial: Trial, person: LocalAccount) -> None:
    """Subscribes with a permit alone."""
    token, amount = stage.payment_token, 3_000
    value, deadline = trial.terms.cost_up(amount), trial.chain.now() + 3600
    domain = {
        "name": token.call("name"),
        "version": "1",
        "chainId": trial.chain.chain_id,
        "verifyingContract": token.address,
    }
    fields = ("owner", "spender", "value", "nonce", "deadline")
    nonce = token.call("nonces", person.address)
    values = (person.address, trial.address, value, nonce, deadline)
    signature = TypedData(
        domain=domain,
        primary_type="Permit",
        fields=dict(zip(fields, ("address", "address", *["uint256"] * 3), strict=True)),
        message=dict(zip(fields, values, strict=True)),
    ).sign(bytes(person.key))
    holding, proof = trial.proof_of(person)
    parts = (signature[64], signature[:32], signature[32:64])
    trial.send(
        "subscribeWithPermit", amount, holding, proof, value, deadline, *parts, sender=person
    )
    trial._note(person, amount)


def failed(stage: Stage) -> Trial:
    """The soft cap was missed; two take their deposits back, one of them to another address."""
    trial = stage.open(soft_cap=figures.SOFT_CAP)
    first, second, third = stage.people.buyers[:3]
    trial.subscribe_all([(first, 60_000), (second, 49_999), (third, 30_000)])
    trial.settle()
    trial.send("refund", sender=first)
    deadline, cold = trial.chain.now() + 3600, account("cold")
    word = trial.word(Purpose.REFUND, second, cold, deadline=deadline)
    trial.send("refundTo", second.address, cold.address, deadline, word, sender=first)
    trial.collect()
    return trial


def expired(stage: Stage) -> Trial:
    """Nobody has settled it."""
    trial = stage.open()
    trial.oversubscribe()
    trial.chain.mine_at(trial.terms.settle_deadline)
    trial.send("refundFor", stage.people.buyers[0].address, sender=stage.people.stranger)
    return trial


def delisted(stage: Stage) -> Trial:
    """In mid-sale: the bond is shared, two deposits are taken back."""
    trial = stage.open()
    trial.oversubscribe()
    stage.delist(trial)
    first, second, third = stage.people.buyers[:3]
    trial.send("refundFor", first.address, sender=stage.people.stranger)
    for buyer in (first, second, third):
        trial.escrow.send("shareBond", buyer.address, sender=stage.people.stranger)
    return trial


def challenged(stage: Stage, *, stands: bool = True) -> Trial:
    """Its holdings were challenged and the reviewers have decided; where they fell, others were posted."""
    trial, review = stage.publish(), stage.platform.review
    stranger, reviewer = stage.people.stranger, stage.people.reviewer
    _pay_challenge(stage, stranger)
    number, root = trial.sale.application, trial.tree.root
    review.send("challenge", number, root, EVIDENCE, sender=stranger)
    review.send("voteOnChallenge", number, stands, sender=reviewer)
    if not stands:
        trial.sale.publish_holdings(trial.tree.root, sender=stage.people.publisher)
    trial.open()
    trial.oversubscribe()
    return trial


def abandoned(stage: Stage) -> Trial:
    """A challenge was not decided: the bond goes back, and so do the tokens."""
    trial, review = stage.publish(), stage.platform.review
    stranger = stage.people.stranger
    _pay_challenge(stage, stranger)
    number = trial.sale.application
    review.send("challenge", number, trial.tree.root, EVIDENCE, sender=stranger)
    trial.open()
    trial.send("abandon", sender=stranger)
    review.send("returnChallengeBond", number, sender=stranger)
    trial.send("collectUnsold", sender=stranger)
    return trial


def _pay_challenge(stage: Stage, challenger: LocalAccount) -> None:
    bond = figures.CHALLENGE_BOND
    token, review = stage.bond_token, stage.platform.review
    token.send("transfer", challenger.address, bond, sender=stage.people.project)
    token.send("approve", review.address, bond, sender=challenger)


def paused(stage: Stage) -> Trial:
    """For a day, in a session of three; the first subscription after it puts the root back."""
    terms = stage.terms()
    session = replace(terms.sessions[0], end=terms.sessions[0].start + 3 * figures.DAY)
    deadline = session.end + figures.SETTLING
    trial = stage.publish(replace(terms, sessions=(session,), settle_deadline=deadline))
    trial.open()
    trial.subscribe(stage.people.buyers[0], 1_000)
    trial.send("pause", sender=stage.people.guardian)
    trial.chain.mine_at(trial.call("opening").pausedUntil)
    trial.subscribe_all([(stage.people.buyers[0], 500), (stage.people.buyers[1], 2_000)])
    return trial


def exits(stage: Stage) -> Trial:
    """A milestone delivered, one vetoed and then missed; some exit, and what is left goes to the heir."""
    trial = stage.open()
    trial.oversubscribe()
    trial.settle()
    escrowed, buyers = Escrowed(trial), stage.people.buyers
    escrowed.deliver()
    escrowed.release()
    escrowed.attest(1)
    for buyer in buyers[:2]:
        if escrowed.call("delivery").attestedAt:
            escrowed.object(buyer)
    escrowed.at(escrowed.due(1))
    trial.claim_for_all(buyers[0])
    escrowed.send("exit", buyers[0].address, sender=buyers[0])
    escrowed.send("exit", account("cold").address, sender=buyers[1])
    escrowed.send("exitWithoutTokens", buyers[2].address, sender=buyers[2])
    trial.send("collectReturned", sender=stage.people.stranger)
    escrowed.at(escrowed.call("delivery").exitAt + escrowed.terms.exit_seconds)
    escrowed.send("collectRemainder", sender=stage.people.stranger)
    return trial


def locked(stage: Stage) -> Trial:
    """The project has locked tokens: one grant is released and revoked, one has a new beneficiary. Somebody else has
    locked the same token. The bond comes back by a part.
    """
    people = stage.people
    start = stage.chain.now()
    schedule = Vesting(
        start=start, unlock_bps=1_000, cliff_seconds=0, duration_seconds=10**6, step_seconds=0
    )
    allocations = (
        Allocation(
            beneficiary=raw(people.heir),
            amount=10_007,
            revoker=raw(people.chair),
            schedule=schedule,
        ),
        Allocation(beneficiary=raw(people.heir), amount=999, revoker=bytes(20), schedule=schedule),
    )
    trial = stage.open(allocations=allocations)
    vault = stage.platform.vesting_vault
    first, second = grants_of(trial)
    vault.send("release", first, sender=people.stranger)
    vault.send("revoke", first, sender=people.chair)
    vault.send("transfer", second, people.treasury.address, sender=people.heir)
    vault.send("release", second, sender=people.stranger)
    stage.sale_token.send("approve", vault.address, UNLIMITED, sender=people.project)
    plan = (stage.sale_token.address, people.project.address, _struct(schedule))
    awards = [(people.heir.address, 50), (vault.address, 1), (people.treasury.address, 70)]
    vault.send("create", plan, awards, sender=people.project)
    stage.chain.mine_at(stage.chain.now() + 30 * figures.DAY)
    stage.platform.review.send("returnBond", trial.sale.application, sender=people.stranger)
    return trial


def _struct(schedule: Vesting) -> tuple[int, ...]:
    return tuple(vars(schedule).values())


def grants_of(trial: Trial) -> list[tuple[Any, ...]]:
    token = "0x" + trial.terms.deal.sale_token.hex()
    made = trial.stage.platform.vesting_vault.call("grantCount") - len(
        trial.sale.listing.allocations
    )
    return [
        ((token, "0x" + each.revoker.hex(), _struct(each.schedule)), each.amount, number)
        for number, each in enumerate(trial.sale.listing.allocations, made + 1)
    ]


def given(stage: Stage) -> Trial:
    """Tokens and coins that nobody had to send: to a sale in the native coin, and its escrow."""
    trial = native(stage)
    token, stranger = stage.sale_token, stage.people.stranger
    token.send("transfer", trial.address, 77, sender=stage.people.project)
    token.send("transfer", trial.escrow.address, 5, sender=stage.people.project)
    stage.payment_token.send("transfer", trial.address, 3, sender=stranger)
    chain = trial.chain
    chain.mine()
    chain.set_balance(trial.address, chain.balance(trial.address) + 1_234)
    chain.mine(2)
    chain.set_balance(trial.escrow.address, chain.balance(trial.escrow.address) + 9)
    chain.mine()
    return trial


def committee(stage: Stage) -> Trial:
    """A new reviewer, a new chair named, a new guardian; one who leaves again."""
    people, review, chain = stage.people, stage.platform.review, stage.chain
    review.send("appointReviewer", people.heir.address, sender=people.chair)
    review.send("appointReviewer", people.treasury.address, sender=people.chair)
    review.send("nominateGuardian", people.treasury.address, sender=people.chair)
    review.send("acceptGuardian", sender=people.treasury)
    review.send("nominateChair", people.creator.address, sender=people.chair)
    trial = stage.list()
    chain.mine_at(chain.now() + figures.DAY)
    review.send("acceptAppointment", sender=people.heir)
    review.send("resign", sender=people.heir)
    return trial
