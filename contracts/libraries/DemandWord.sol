// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Demand} from "../../interfaces/ISubscriptionSale.sol";

/// @title A `Demand` as the one word it is stored in.
/// @dev Bits from the lowest: subscribed 112, accounts 32, newcomers 32.
type DemandWord is uint256;

using DemandCodec for DemandWord global;

library DemandCodec {
    /// @dev The caller sees to it that tokens stay below 2^112. Counters grow by one for at least 50,000 gas each:
    /// 2^32 of them would take years of full blocks.
    function add(DemandWord word, uint256 tokens, uint256 accounts_, uint256 newcomers_)
        internal
        pure
        returns (DemandWord)
    {
        return DemandWord.wrap(DemandWord.unwrap(word) + (tokens | accounts_ << 112 | newcomers_ << 144));
    }

    function unpack(DemandWord word) internal pure returns (Demand memory) {
        return Demand({
            subscribed: uint112(subscribed(word)),
            accounts: uint32(accounts(word)),
            newcomers: uint32(newcomers(word))
        });
    }

    function subscribed(DemandWord word) internal pure returns (uint256) {
        return uint112(DemandWord.unwrap(word));
    }

    function accounts(DemandWord word) internal pure returns (uint256) {
        return uint32(DemandWord.unwrap(word) >> 112);
    }

    function newcomers(DemandWord word) internal pure returns (uint256) {
        return uint32(DemandWord.unwrap(word) >> 144);
    }
}
