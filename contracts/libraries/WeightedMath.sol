// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SettlementCodec, SettlementWord} from "./SettlementWord.sol";

/// @title The weighted allotment rule.
/// @notice Each account has a bound b and a weight w. All share `remaining` R by their part in `weight` W, but nobody gets
/// more than its bound: whoever is capped at the level R/W, which is `b * W <= w * R`, takes its bound and leaves. The
/// others' level cannot fall by that, as then `(R - b) / (W - w) >= R / W`; so it does not matter in which order accounts
/// leave, and at the end nobody is left who could. Whoever was not asked to leave gets no more than its bound either.
library WeightedMath {
    uint256 private constant EVERYBODY = 1; // `fullFrom`: everybody gets its bound
    uint256 private constant SHARED = type(uint16).max; // there are more bounds than tokens

    /// @notice How a session begins to be shared.
    /// @param supply Tokens, below 2^96.
    /// @param bounds Of all accounts together, tokens.
    /// @param weights Of all accounts together, below 2^128.
    /// @return outcome The level before anybody has left.
    /// @return sold Most tokens that it allots.
    function settle(uint256 supply, uint256 bounds, uint256 weights)
        internal
        pure
        returns (SettlementWord outcome, uint256 sold)
    {
        if (bounds <= supply) return (SettlementCodec.pack(0, 0, EVERYBODY), bounds);
        return (SettlementCodec.pack(supply, weights, SHARED), supply);
    }

    /// @notice Whether an account is capped at the level.
    /// @param bound Tokens, below 2^104.
    /// @param weight Below 2^128, not 0.
    function isCapped(uint256 bound, uint256 weight, SettlementWord level) internal pure returns (bool) {
        unchecked {
            // Below 2^232 and 2^224.
            return level.fullFrom() == SHARED && bound * level.weight() <= weight * level.remaining();
        }
    }

    /// @notice The level after a capped account has left, which had not left before.
    function without(uint256 bound, uint256 weight, SettlementWord level)
        internal
        pure
        returns (SettlementWord)
    {
        unchecked {
            // Cannot underflow: the account's weight is part of all, and bound <= weight * remaining / all <= remaining.
            uint256 rest = level.weight() - weight;
            // What the last one leaves, nobody can take.
            return SettlementCodec.pack(rest == 0 ? 0 : level.remaining() - bound, rest, SHARED);
        }
    }

    /// @notice Tokens allotted to an account that has not left, rounded down, at most its bound.
    function allotmentDown(uint256 bound, uint256 weight, SettlementWord level) internal pure returns (uint256) {
        if (level.fullFrom() == EVERYBODY) return bound;
        unchecked {
            uint256 all = level.weight(); // not 0: this account's is in it
            uint256 share = weight * level.remaining() / all;
            return share < bound ? share : bound;
        }
    }
}
