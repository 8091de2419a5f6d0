"""The whole life of a sale for tokens of other sizes: no figure depends on how many decimals anything has."""

import pytest

from jumpstart.amounts import Token, parse_amount, parse_price
from tests.chain.stage import Stage, raw

DECIMALS = (0, 6, 8, 18)


@pytest.mark.parametrize("paid", DECIMALS)
@pytest.mark.parametrize("sold", DECIMALS)
def test_a_sale_ends_to_the_unit_whatever_the_decimals(stage: Stage, sold: int, paid: int) -> None:
    """Thirty thousand tokens at one and a half, subscribed almost twice over by three; one has a coefficient of 5."""
    sale_token, payment_token = Token(symbol="S", decimals=sold), Token(symbol="P", decimals=paid)
    price, price_unit = parse_price("3 P per 2 S", payment_token, sale_token)
    token = parse_amount("1 S", sale_token)
    contracts = stage.plain_token(sold), stage.plain_token(paid, paying=True)
    assert [contract.call("decimals") for contract in contracts] == [sold, paid]
    trial = stage.open(
        sale_token=raw(contracts[0]),
        payment_token=raw(contracts[1]),
        price=price,
        price_unit=price_unit,
        supplies=((30_000 * token, 0),),
        minimum=token,
        soft_cap=parse_amount("45000 P", payment_token),
    )
    first, second, third = people = (*stage.people.buyers[:2], stage.people.buyers[4])
    had = [(trial.sold(each), trial.paid(each)) for each in people]
    trial.subscribe_all([(first, 30_000 * token), (second, 20_001 * token), (third, 5_000 * token)])
    assert trial.assets[1] == -(-55_001 * 3 * parse_amount("1 P", payment_token) // 2)
    trial.settle()
    # The third in full; 25,000 tokens for weights of 30,000 and 40,002.
    weight = 30_000 + 2 * 20_001
    allotted = [
        30_000 * 25_000 * token // weight,
        2 * 20_001 * 25_000 * token // weight,
        5_000 * token,
    ]
    assert [trial.call("allotmentOf", each.address) for each in people] == allotted
    trial.vest()
    trial.claim_for_all(*people)
    spent = [-(-tokens * price // price_unit) for tokens in allotted]
    assert [(trial.sold(each), trial.paid(each)) for each in people] == [
        (sold_before + tokens, paid_before - cost)
        for (sold_before, paid_before), tokens, cost in zip(had, allotted, spent, strict=True)
    ]
    trial.collect()
    surely = 30_000 * token - 2
    assert trial.assets == (
        30_000 * token - sum(allotted),
        sum(spent) - surely * price // price_unit,
    )
    trial.sweep(people)
    assert trial.assets == (0, 0)
