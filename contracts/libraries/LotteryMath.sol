// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LibBit} from "solady/src/utils/LibBit.sol";

/// @title Which tickets of a lottery win.
/// @notice Tickets are numbered from 0. A seed chooses a permutation of the numbers; a ticket wins when its image is below
/// the number of winners. No image comes twice and none is missing, so exactly that many win, and each ticket is looked
/// at alone. The permutation is a Feistel network of eight rounds on as many bits as the highest number needs, walked
/// until the image is a ticket's number (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002): less than two
/// turns on average, as fewer than half of the numbers of so many bits are no ticket's.
library LotteryMath {
    uint256 private constant ROUNDS = 8;

    /// @notice How many of `count` tickets from `first` on win.
    /// @param tickets In all, at most 2^32; `first + count` is at most that.
    function winsOf(uint256 first, uint256 count, uint256 tickets, uint256 winners, bytes32 seed)
        internal
        pure
        returns (uint256 wins)
    {
        unchecked {
            for (uint256 i; i < count; ++i) {
                if (imageOf(first + i, tickets, seed) < winners) ++wins;
            }
        }
    }

    /// @notice Where the permutation puts a ticket.
    function imageOf(uint256 ticket, uint256 tickets, bytes32 seed) internal pure returns (uint256 image) {
        unchecked {
            image = ticket;
            if (tickets < 2) return image;
            uint256 bits = LibBit.fls(tickets - 1) + 1;
            uint256 lowBits = bits >> 1;
            uint256 lowMask = (1 << lowBits) - 1;
            uint256 highMask = (1 << (bits - lowBits)) - 1;
            do {
                uint256 low = image & lowMask;
                uint256 high = image >> lowBits;
                for (uint256 round; round < ROUNDS; round += 2) {
                    high ^= _mixed(seed, round, low) & highMask;
                    low ^= _mixed(seed, round + 1, high) & lowMask;
                }
                image = high << lowBits | low;
            } while (image >= tickets);
        }
    }

    /// @dev `keccak256(abi.encode(seed, round << 128 | half))`.
    function _mixed(bytes32 seed, uint256 round, uint256 half) private pure returns (uint256 mixed) {
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore(0x20, or(shl(128, round), half))
            mixed := keccak256(0x00, 0x40)
        }
    }
}
