// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Settlement} from "../../interfaces/ISubscriptionSale.sol";

/// @title A `Settlement` as the one word it is stored in.
/// @dev Bits from the lowest: remaining 112, weight 128, fullFrom 16. `fullFrom` is never 0 in a settled session, so
/// the word tells by itself whether there is a settlement.
type SettlementWord is uint256;

using SettlementCodec for SettlementWord global;

library SettlementCodec {
    /// @dev The caller sees to it that each part fits.
    function pack(uint256 remaining_, uint256 weight_, uint256 fullFrom_)
        internal
        pure
        returns (SettlementWord)
    {
        return SettlementWord.wrap(remaining_ | weight_ << 112 | fullFrom_ << 240);
    }

    function unpack(SettlementWord word) internal pure returns (Settlement memory) {
        return Settlement({
            remaining: uint112(remaining(word)), weight: uint128(weight(word)), fullFrom: uint16(fullFrom(word))
        });
    }

    function isSettled(SettlementWord word) internal pure returns (bool) {
        return SettlementWord.unwrap(word) != 0;
    }

    function remaining(SettlementWord word) internal pure returns (uint256) {
        return uint112(SettlementWord.unwrap(word));
    }

    function weight(SettlementWord word) internal pure returns (uint256) {
        return uint128(SettlementWord.unwrap(word) >> 112);
    }

    function fullFrom(SettlementWord word) internal pure returns (uint256) {
        return SettlementWord.unwrap(word) >> 240;
    }
}
