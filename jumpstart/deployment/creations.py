"""Steps that create contracts by the factory, and the factory itself where a chain lacks it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from jumpstart.chain.client import Chain, Receipt
from jumpstart.chain.factory import (
    FACTORY,
    FACTORY_CODE,
    FACTORY_COST,
    FACTORY_MAKER,
    FACTORY_TRANSACTION,
    Creation,
)
from jumpstart.deployment.steps import Call, Results, Step

FACTORY_STEP: Final = "create-factory"


def factory_steps() -> tuple[Step, Step]:
    """The factory; done already on most chains."""

    def is_funded(
        chain: Chain, results: Results, block: int, receipt: Receipt | None
    ) -> Mapping[str, Any] | None:
        return {} if chain.balance(FACTORY_MAKER, block) >= FACTORY_COST else None

    def is_created(
        chain: Chain, results: Results, block: int, receipt: Receipt | None
    ) -> Mapping[str, Any] | None:
        found = chain.code(FACTORY, block) == FACTORY_CODE
        return {"address": FACTORY} if found else None

    fund = Step(
        key="fund-factory",
        title="Pay for the factory, where the chain lacks it",
        serves=FACTORY_STEP,
        call=lambda results: Call(
            to=FACTORY_MAKER,
            data=b"",
            value=FACTORY_COST,
            target="the account that makes the factory",
            function="",
        ),
        look=is_funded,
    )
    create = Step(
        key=FACTORY_STEP,
        title="Create the factory that puts contracts where their code decides",
        after=(fund.key,),
        call=lambda results: Call(
            to=FACTORY_MAKER,
            data=b"",
            target="a transaction signed in advance",
            function="",
            creates=(("factory", FACTORY),),
        ),
        look=is_created,
        presigned=FACTORY_TRANSACTION,
    )
    return fund, create


def creation_step(
    creation: Creation,
    *,
    key: str,
    title: str,
    arguments: Iterable[tuple[str, str]] = (),
) -> Step:
    """The step that has the factory make a contract."""

    def is_created(
        chain: Chain, results: Results, block: int, receipt: Receipt | None
    ) -> Mapping[str, Any] | None:
        # At this address there is this code or none: the address is its hash.
        return {"address": creation.address} if chain.code(creation.address, block) else None

    return Step(
        key=key,
        title=title,
        after=(FACTORY_STEP,),
        call=lambda results: Call(
            to=FACTORY,
            data=creation.calldata,
            target="the factory",
            function=f"create {creation.artifact.name}",
            arguments=tuple(arguments),
            creates=((creation.artifact.name, creation.address),),
        ),
        look=is_created,
    )
