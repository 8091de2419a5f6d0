// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DemandWord} from "./DemandWord.sol";
import {SettlementCodec, SettlementWord} from "./SettlementWord.sol";

/// @title The tiered allotment rule.
/// @notice With session supply S, find the level L with `sum min(q, L * c * q) = min(S, sum q)`, over subscriptions q
/// of coefficient c. The cap `min(q, ..)` binds for a whole coefficient at once (when `L * c >= 1`), so the totals per
/// coefficient are enough: give coefficients in full from the highest while they are capped at the level that the rest
/// would have, then share what remains in proportion to `c * q`.
library TieredMath {
    /// @notice The outcome of a session.
    /// @param coefficients Rising, 1 .. 32 of them, each 1 .. 65,534.
    /// @param demands Of the same rows, tokens below 2^107 each.
    /// @param supply Tokens, below 2^96.
    /// @return outcome What decides each allotment.
    /// @return sold Tokens allotted before rounding: the lesser of supply and demand.
    /// @return soldDown Tokens surely allotted: each account that shares loses less than one token to rounding.
    function settle(uint256[] memory coefficients, DemandWord[] memory demands, uint256 supply)
        internal
        pure
        returns (SettlementWord outcome, uint256 sold, uint256 soldDown)
    {
        uint256 weight;
        uint256 sharing; // accounts
        for (uint256 i; i < coefficients.length; ++i) {
            weight += coefficients[i] * demands[i].subscribed();
            sharing += demands[i].accounts();
        }

        uint256 remaining = supply;
        uint256 full; // tokens allotted in full
        uint256 row = coefficients.length;
        uint256 fullFrom = coefficients[row - 1] + 1; // nobody in full
        while (row > 0 && coefficients[row - 1] * remaining >= weight) {
            --row;
            // Cannot underflow: c * remaining >= weight >= c * subscribed.
            remaining -= demands[row].subscribed();
            weight -= coefficients[row] * demands[row].subscribed();
            full += demands[row].subscribed();
            sharing -= demands[row].accounts();
            fullFrom = coefficients[row];
        }
        if (row == 0) return (SettlementCodec.pack(0, 0, 1), full, full);

        sold = supply;
        soldDown = full + (remaining > sharing ? remaining - sharing : 0);
        // Fits: remaining <= supply < 2^96; weight <= 32 rows * 65,534 * 2^107 < 2^128; fullFrom <= 65,535.
        outcome = SettlementCodec.pack(remaining, weight, fullFrom);
    }

    /// @notice Tokens allotted to a subscription, rounded down.
    function allotmentDown(uint256 subscribed, uint256 coefficient, SettlementWord outcome)
        internal
        pure
        returns (uint256)
    {
        if (coefficient >= outcome.fullFrom()) return subscribed;
        unchecked {
            // Exact: the product is below 2^16 * 2^107 * 2^96 = 2^219. The weight is not 0: this account is in it.
            return coefficient * subscribed * outcome.remaining() / outcome.weight();
        }
    }
}
