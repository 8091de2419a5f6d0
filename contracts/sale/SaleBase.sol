// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {ISubscriptionSale, Status} from "../../interfaces/ISubscriptionSale.sol";
import {DemandWord} from "../libraries/DemandWord.sol";
import {PositionWord} from "../libraries/PositionWord.sol";
import {PriceMath} from "../libraries/PriceMath.sol";
import {SettlementWord} from "../libraries/SettlementWord.sol";
import {Terms, TermsCode} from "../libraries/TermsCode.sol";

/// @title What all parts of a sale share: its storage, what a position is worth, and how assets move.
abstract contract SaleBase is ISubscriptionSale {
    /// @notice Where the sale stands, and what its settled sessions add up to.
    struct State {
        Status status;
        uint8 settled; // sessions; also the index of the session that is next or open
        uint112 sold; // tokens, before rounding
        uint112 soldDown; // tokens surely allotted; they are what the proceeds are for
    }

    /// @notice What may keep the holdings from being in force.
    struct Gate {
        uint40 publishedAt;
        uint40 pausedUntil; // 0: never paused
        bool isChallenged;
    }

    /// @notice Subscriptions in a session over all tiers. Only counted where the session has a limit.
    struct LimitedDemand {
        uint112 subscribed; // tokens
        uint40 lastAt; // time of the latest subscription
    }

    address internal immutable LAUNCHPAD;
    address internal immutable REVIEW;
    address private immutable ESCROW_IMPLEMENTATION;

    State internal _state;

    /// @notice Zero: no subscriptions. That is all a subscription needs to know of the sale's state: whatever stops it
    /// takes the root away, and the windows stand in the terms.
    bytes32 internal _holdingsRoot;

    bytes32 internal _suspendedRoot; // the root while it is challenged or the sale is paused
    Gate internal _gate;

    mapping(address account => PositionWord) internal _positionOf;
    mapping(uint256 key => DemandWord) internal _demandOf; // by what the rule parts it

    /// @notice Zero: not settled, or the soft cap was missed. So the last session's word tells success by itself.
    SettlementWord[8] internal _settlementOf;

    LimitedDemand[8] internal _limitedDemandOf; // by session

    constructor(address launchpad, address review, address escrowImplementation) {
        LAUNCHPAD = launchpad;
        REVIEW = review;
        ESCROW_IMPLEMENTATION = escrowImplementation;
        _state.status = Status.Locked; // of the implementation; a clone begins as Funded
    }

    // ----------------------------------------------------------------------------------------------- reading

    /// @inheritdoc ISubscriptionSale
    function parts()
        external
        view
        returns (address launchpad, address review, address escrowImplementation)
    {
        return (LAUNCHPAD, REVIEW, ESCROW_IMPLEMENTATION);
    }

    /// @inheritdoc ISubscriptionSale
    function escrow() public view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(
            ESCROW_IMPLEMENTATION, abi.encodePacked(address(this)), 0, LAUNCHPAD
        );
    }

    /// @inheritdoc ISubscriptionSale
    function status() public view returns (Status) {
        Status stored = _state.status;
        if (stored == Status.Funded && block.timestamp >= TermsCode.loadHead().settleDeadline()) {
            return Status.Failed;
        }
        return stored;
    }

    function _requireStatus(Status required) internal view {
        Status actual = status();
        if (actual != required) revert SubscriptionSale_WrongStatus(actual, required);
    }

    /// @dev Payment for tokens, as participants pay it.
    function _costUp(Terms terms_, uint256 tokens) internal pure returns (uint256) {
        return PriceMath.costUp(tokens, terms_.price(), terms_.priceUnit());
    }

    /// @dev Payment for tokens, as the project gets it.
    function _costDown(Terms terms_, uint256 tokens) internal pure returns (uint256) {
        return PriceMath.costDown(tokens, terms_.price(), terms_.priceUnit());
    }

    /// @dev Payment that the sale has from an account; nothing any more after a refund.
    function _depositOf(Terms terms_, PositionWord position) internal pure returns (uint256) {
        return position.isRefunded() ? 0 : _costUp(terms_, position.tokens());
    }

    /// @dev Tokens that a position was allotted in settled sessions; at most what was subscribed, so below 2^104.
    function _allotmentOf(PositionWord position) internal view returns (uint256) {
        if (!position.isSubscribed()) return position.allotted();
        SettlementWord settlement = _settlementOf[position.session()];
        if (!settlement.isSettled()) return position.allotted();
        unchecked {
            return position.allotted() + _allottedDown(position, settlement);
        }
    }

    /// @dev What a position weighs, see `ISubscriptionSale.weightOf`.
    function _weightOf(PositionWord position) internal view returns (uint256) {
        return _settlementOf[position.session()].isSettled() ? _allotmentOf(position) : position.tokens();
    }

    // -------------------------------------------------------------------------------------------------- rule

    /// @dev Counts what a position, `before` the subscription and after it, asks for more in its session.
    function _count(PositionWord before, PositionWord position, uint256 accepted) internal virtual;

    /// @dev What decides each allotment of a session; the tokens it allots before rounding; the tokens it surely allots.
    function _outcomeOf(Terms terms_, uint256 session)
        internal
        view
        virtual
        returns (SettlementWord settlement, uint256 sold, uint256 soldDown);

    /// @dev Tokens that a settled session allots to a position subscribed in it: never more than its amount.
    function _allottedDown(PositionWord position, SettlementWord settlement)
        internal
        view
        virtual
        returns (uint256);

    /// @dev Tokens that are asked for in a session.
    function _subscribedIn(Terms terms_, uint256 session) internal view virtual returns (uint256 tokens);

    /// @dev Accounts that have ever subscribed.
    function _participants(Terms terms_) internal view virtual returns (uint256 count);

    // ------------------------------------------------------------------------------------------------ moving

    /// @dev Takes `amount` from the caller; says what came.
    function _pull(address token, uint256 amount) internal returns (uint256 received) {
        uint256 before = SafeTransferLib.balanceOf(token, address(this));
        SafeTransferLib.safeTransferFrom(token, msg.sender, address(this), amount);
        // A balance that fell wraps to a huge figure, which no caller takes for what it asked.
        unchecked {
            return SafeTransferLib.balanceOf(token, address(this)) - before;
        }
    }

    /// @dev Sends `amount` of a token, or of the native coin for address(0).
    function _pay(address token, address to, uint256 amount) internal {
        if (amount == 0) return; // some tokens refuse it
        if (token == address(0)) SafeTransferLib.safeTransferETH(to, amount);
        else SafeTransferLib.safeTransfer(token, to, amount);
    }

    function _balanceOf(address token) internal view returns (uint256) {
        return token == address(0) ? address(this).balance : SafeTransferLib.balanceOf(token, address(this));
    }
}
