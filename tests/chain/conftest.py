"""One local chain for each test worker; every test and every module leaves it as found.

Contracts belong into fixtures of module scope: they are deployed once, and a snapshot after them is
what each test of the module returns to.
"""

from collections.abc import Iterator
from typing import Literal

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from hypothesis import HealthCheck, settings

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import MNEMONIC, LocalNode
from jumpstart.chain.sale import NATIVE
from tests.chain import figures
from tests.chain.stage import People, Stage, Trial

DRAWN = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=HealthCheck.all(),
)
"""Drawn examples on a chain: the same in every run, and as slow as a chain is."""


def drawn(chain: Chain, examples: int) -> settings:
    """So many of them; on Ganache, which is ten times as slow, a third."""
    few = -(-examples // 3)
    return settings(DRAWN, max_examples=few if chain.kind == "ganache" else examples)


def leave_to_anvil(chain: Chain) -> None:
    """For what no node does in its own way, and takes long: the slower one does not have to."""
    if chain.kind == "ganache":
        pytest.skip("the same with every node, and faster with Anvil")


START = 1_800_000_000
"""The first block's timestamp: the same in every run."""


@pytest.fixture(scope="session")
def chain_kind(pytestconfig: pytest.Config) -> Literal["ganache", "anvil"]:
    return "anvil" if pytestconfig.getoption("--chain") == "anvil" else "ganache"


@pytest.fixture(scope="session")
def node(chain_kind: Literal["ganache", "anvil"]) -> Iterator[LocalNode]:
    with LocalNode(chain_kind, start_time=START) as started:
        yield started


@pytest.fixture(scope="session")
def chain(node: LocalNode, artifacts: Artifacts) -> Chain:
    return Chain.connect(node.url, chain_id=node.chain_id, artifacts=artifacts)


@pytest.fixture(scope="module", autouse=True)
def _module_isolation(chain: Chain) -> Iterator[None]:
    snapshot = chain.snapshot()
    yield
    chain.revert(snapshot)


@pytest.fixture(autouse=True)
def _isolation(chain: Chain, _module_isolation: None) -> Iterator[None]:
    snapshot = chain.snapshot()
    yield
    chain.revert(snapshot)


@pytest.fixture(scope="session")
def deployer() -> LocalAccount:
    """Has coin from the first block on, and no part in any sale."""
    Account.enable_unaudited_hdwallet_features()
    account: LocalAccount = Account.from_mnemonic(MNEMONIC)
    return account


# ---------------------------------------------------------------------------------------- people


@pytest.fixture(scope="session", autouse=True)
def stage(chain: Chain) -> Stage:
    """Before any snapshot, so that every module finds it."""
    return Stage(chain)


@pytest.fixture
def people(stage: Stage) -> People:
    return stage.people


@pytest.fixture
def buyer(people: People) -> LocalAccount:
    """Coefficient 3."""
    return people.buyers[2]


@pytest.fixture
def rival(people: People) -> LocalAccount:
    """Another participant, of the highest coefficient, 5."""
    return people.buyers[4]


@pytest.fixture
def publisher(people: People) -> LocalAccount:
    return people.publisher


@pytest.fixture
def project(people: People) -> LocalAccount:
    return people.project


@pytest.fixture
def reviewer(people: People) -> LocalAccount:
    """The only one, who makes the quorum."""
    return people.reviewer


@pytest.fixture
def guardian(people: People) -> LocalAccount:
    return people.guardian


@pytest.fixture
def treasury(people: People) -> LocalAccount:
    return people.treasury


@pytest.fixture
def beneficiary(people: People) -> LocalAccount:
    return people.beneficiary


@pytest.fixture
def fee_receiver(people: People) -> LocalAccount:
    return people.fee_receiver


@pytest.fixture
def attester(people: People) -> LocalAccount:
    return people.attester


@pytest.fixture
def bystander(people: People) -> LocalAccount:
    """Has coin and tokens, and no part in any sale."""
    return people.stranger


# ---------------------------------------------------------------------------------------- sales


@pytest.fixture
def listed_sale(stage: Stage) -> Trial:
    """Listed and funded, without holdings."""
    return stage.list()


@pytest.fixture
def published_sale(stage: Stage) -> Trial:
    """Its holdings published, before its session."""
    return stage.publish()


@pytest.fixture
def open_sale(stage: Stage) -> Trial:
    """In its only session, which has a limit; nobody has subscribed."""
    return stage.open()


@pytest.fixture
def native_sale(stage: Stage) -> Trial:
    """The same, paid in the chain's coin."""
    return stage.open(payment_token=NATIVE)


@pytest.fixture
def two_session_sale(stage: Stage) -> Trial:
    """In the first of two sessions; the second has no limit."""
    return stage.open(
        supplies=((figures.SUPPLY, figures.LIMIT), (figures.SECOND_SUPPLY, 0)), soft_cap=1
    )


@pytest.fixture
def voided_sale(stage: Stage, oversubscribed_sale: Trial) -> Trial:
    """Its project was delisted in mid-sale."""
    stage.delist(oversubscribed_sale)
    return oversubscribed_sale


@pytest.fixture
def oversubscribed_sale(open_sale: Trial) -> Trial:
    """In its session, with three and a half times the supply subscribed by five buyers."""
    open_sale.oversubscribe()
    return open_sale


@pytest.fixture
def settled_sale(oversubscribed_sale: Trial) -> Trial:
    """It succeeded; nothing has vested and nobody has claimed."""
    oversubscribed_sale.settle()
    return oversubscribed_sale


@pytest.fixture
def vested_sale(settled_sale: Trial) -> Trial:
    """It succeeded, and all has vested."""
    settled_sale.vest()
    return settled_sale


@pytest.fixture
def failed_sale(stage: Stage, buyer: LocalAccount, rival: LocalAccount) -> Trial:
    """Its soft cap was missed by one unit; two have deposits."""
    trial = stage.open(soft_cap=figures.SOFT_CAP)
    trial.subscribe_all([(buyer, 100_000), (rival, 49_999)])
    trial.settle()
    return trial


@pytest.fixture
def expired_sale(oversubscribed_sale: Trial, chain: Chain) -> Trial:
    """Nobody settled it before the deadline."""
    chain.mine_at(oversubscribed_sale.terms.settle_deadline)
    return oversubscribed_sale
