// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Position, Stage} from "../../interfaces/ISubscriptionSale.sol";

/// @title A `Position` as the one word it is stored in.
/// @dev Bits from the lowest: allotted 104, amount 104, coefficient 32, tier 8, session 4, stage 4. All zero: no
/// position.
type PositionWord is uint256;

using PositionCodec for PositionWord global;

library PositionCodec {
    uint256 private constant TOKENS = type(uint104).max;
    uint256 private constant ADMISSION = uint256(type(uint40).max) << 208; // coefficient and tier

    // ------------------------------------------------------------------------------------------------ making

    /// @notice The position of who was just admitted to a session.
    /// @dev The caller sees to it that each part fits, here and below: tokens are below 2^104.
    function admitted(uint256 tier_, uint256 coefficient_, uint256 session_)
        internal
        pure
        returns (PositionWord)
    {
        return PositionWord.wrap(
            coefficient_ << 208 | tier_ << 240 | session_ << 248 | uint256(Stage.Subscribed) << 252
        );
    }

    /// @notice The position as it enters a later session, with what earlier ones allotted.
    function entering(PositionWord word, uint256 session_, uint256 allotted_)
        internal
        pure
        returns (PositionWord)
    {
        return PositionWord.wrap(
            PositionWord.unwrap(word) & ADMISSION | allotted_ | session_ << 248
                | uint256(Stage.Subscribed) << 252
        );
    }

    /// @notice The position with `more` tokens subscribed.
    function plus(PositionWord word, uint256 more) internal pure returns (PositionWord) {
        unchecked {
            return PositionWord.wrap(PositionWord.unwrap(word) + (more << 104));
        }
    }

    /// @notice The position after a claim. It needs no session any more.
    function claimed(PositionWord word, uint256 allotted_, uint256 released)
        internal
        pure
        returns (PositionWord)
    {
        return PositionWord.wrap(
            PositionWord.unwrap(word) & ADMISSION | allotted_ | released << 104
                | uint256(Stage.Claimed) << 252
        );
    }

    /// @notice The position after a refund: only its weight is left in it.
    function refunded(PositionWord word, uint256 weight) internal pure returns (PositionWord) {
        return
            PositionWord.wrap(PositionWord.unwrap(word) & ADMISSION | weight | uint256(Stage.Refunded) << 252);
    }

    /// @notice The position after an exit, for good.
    function exited(PositionWord word, uint256 allotted_, uint256 kept) internal pure returns (PositionWord) {
        return PositionWord.wrap(
            PositionWord.unwrap(word) & ADMISSION | allotted_ | kept << 104 | uint256(Stage.Exited) << 252
        );
    }

    // ----------------------------------------------------------------------------------------------- reading

    function unpack(PositionWord word) internal pure returns (Position memory) {
        return Position({
            allotted: uint104(allotted(word)),
            amount: uint104(amount(word)),
            coefficient: uint32(coefficient(word)),
            tier: uint8(PositionWord.unwrap(word) >> 240),
            session: uint8(session(word)),
            stage: Stage(PositionWord.unwrap(word) >> 252)
        });
    }

    function allotted(PositionWord word) internal pure returns (uint256) {
        return PositionWord.unwrap(word) & TOKENS;
    }

    function amount(PositionWord word) internal pure returns (uint256) {
        return PositionWord.unwrap(word) >> 104 & TOKENS;
    }

    /// @notice Tokens that the position has paid for: allotted and, until they are counted in, subscribed.
    function tokens(PositionWord word) internal pure returns (uint256) {
        unchecked {
            return isSubscribed(word) ? allotted(word) + amount(word) : allotted(word);
        }
    }

    function coefficient(PositionWord word) internal pure returns (uint256) {
        return PositionWord.unwrap(word) >> 208 & 0xffffffff;
    }

    function tier(PositionWord word) internal pure returns (uint256) {
        return PositionWord.unwrap(word) >> 240 & 0xff;
    }

    function session(PositionWord word) internal pure returns (uint256) {
        return PositionWord.unwrap(word) >> 248 & 0xf;
    }

    function isNone(PositionWord word) internal pure returns (bool) {
        return PositionWord.unwrap(word) == 0;
    }

    function isSubscribed(PositionWord word) internal pure returns (bool) {
        return PositionWord.unwrap(word) >> 252 == uint256(Stage.Subscribed);
    }

    function isClaimed(PositionWord word) internal pure returns (bool) {
        return PositionWord.unwrap(word) >> 252 == uint256(Stage.Claimed);
    }

    function isExited(PositionWord word) internal pure returns (bool) {
        return PositionWord.unwrap(word) >> 252 == uint256(Stage.Exited);
    }

    function isRefunded(PositionWord word) internal pure returns (bool) {
        return PositionWord.unwrap(word) >> 252 == uint256(Stage.Refunded);
    }
}
