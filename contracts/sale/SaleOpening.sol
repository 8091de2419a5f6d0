// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILaunchpad} from "../../interfaces/ILaunchpad.sol";
import {IProjectReview} from "../../interfaces/IProjectReview.sol";
import {ISubscriptionSale, Opening, Status} from "../../interfaces/ISubscriptionSale.sol";
import {Terms, TermsCode} from "../libraries/TermsCode.sol";
import {SaleBase} from "./SaleBase.sol";

/// @title Opening: the holdings, and everything that can keep a sale closed.
/// @notice A root is in force, or it is suspended while it is challenged or the sale is paused.
abstract contract SaleOpening is SaleBase {
    uint256 private constant PAUSE_SECONDS = 1 days;

    // ---------------------------------------------------------------------------------------------- holdings

    /// @inheritdoc ISubscriptionSale
    function publishHoldings(bytes32 root) external {
        // Check
        _requireStatus(Status.Funded);
        Terms terms_ = TermsCode.load();
        address publisher = terms_.holdingsPublisher();
        if (msg.sender != publisher) revert SubscriptionSale_OnlyPublisher(msg.sender, publisher);
        // Anyone can make a clone that says it is a sale. It is one if the launchpad made it.
        if (ILaunchpad(LAUNCHPAD).saleOf(terms_.applicationId()) != address(this)) {
            revert SubscriptionSale_NotListed();
        }
        if (root == 0) revert SubscriptionSale_HoldingsMissing();
        uint256 drawTime = terms_.drawTime();
        if (block.timestamp < drawTime) revert SubscriptionSale_HoldingsTooEarly(block.timestamp, drawTime);
        uint256 window = terms_.challengeSeconds();
        uint256 latest = terms_.sessionStart(0) - 2 * window;
        if (block.timestamp > latest) revert SubscriptionSale_HoldingsTooLate(block.timestamp, latest);
        if (_gate.isChallenged) revert SubscriptionSale_Challenged(_root());
        if (_root() != 0 && block.timestamp >= _gate.publishedAt + window) {
            revert SubscriptionSale_HoldingsFinal(block.timestamp, _gate.publishedAt + window);
        }

        // Effect
        _gate.publishedAt = uint40(block.timestamp); // before the first session, so below 2^40
        _suspendedRoot = root;
        _resume();
        emit HoldingsPublished(root);
    }

    /// @inheritdoc ISubscriptionSale
    function challengeHoldings() external {
        // Check
        _onlyReview();
        _requireStatus(Status.Funded);
        bytes32 root = _root();
        if (root == 0) revert SubscriptionSale_HoldingsMissing();
        if (_gate.isChallenged) revert SubscriptionSale_Challenged(root);
        uint256 end = _gate.publishedAt + TermsCode.load().challengeSeconds();
        if (block.timestamp >= end) revert SubscriptionSale_ChallengeTooLate(block.timestamp, end);

        // Effect
        _gate.isChallenged = true;
        _suspend(root);
        emit HoldingsChallenged(root);
    }

    /// @inheritdoc ISubscriptionSale
    function settleChallenge(bool stands) external {
        // Check
        _onlyReview();
        _requireStatus(Status.Funded);
        if (!_gate.isChallenged) revert SubscriptionSale_NotChallenged();
        uint256 start = TermsCode.load().sessionStart(0);
        if (block.timestamp >= start) revert SubscriptionSale_DecisionTooLate(block.timestamp, start);

        // Effect
        bytes32 root = _suspendedRoot;
        _gate.isChallenged = false;
        if (!stands) _suspendedRoot = 0;
        _resume();
        emit ChallengeSettled(root, stands);
    }

    // ------------------------------------------------------------------------------------------------- pause

    /// @inheritdoc ISubscriptionSale
    function pause() external {
        // Check
        address guardian = IProjectReview(REVIEW).guardian();
        if (msg.sender != guardian) revert SubscriptionSale_OnlyGuardian(msg.sender, guardian);
        _requireStatus(Status.Funded);
        if (_gate.pausedUntil != 0) revert SubscriptionSale_PausedBefore(_gate.pausedUntil);

        // Effect
        uint256 until = block.timestamp + PAUSE_SECONDS;
        _gate.pausedUntil = uint40(until); // the sale is not over, so about now
        _suspend(_root());
        emit SubscriptionsPaused(until);
    }

    // -------------------------------------------------------------------------------------------------- void

    /// @inheritdoc ISubscriptionSale
    function void() external {
        _onlyReview();
        _requireStatus(Status.Funded);
        _void();
    }

    /// @inheritdoc ISubscriptionSale
    function abandon() external {
        _requireStatus(Status.Funded);
        uint256 start = TermsCode.load().sessionStart(0);
        if (block.timestamp < start || (_root() != 0 && !_gate.isChallenged)) {
            revert SubscriptionSale_MayStillOpen(block.timestamp, start);
        }
        _void();
    }

    function _void() private {
        _state.status = Status.Failed;
        _suspend(0);
        emit SaleVoided();
    }

    // ------------------------------------------------------------------------------------------------- roots

    /// @dev The root that lets people subscribe, or the reason why there is none.
    function _rootInForce() internal returns (bytes32 root) {
        root = _holdingsRoot;
        if (root != 0) return root;
        _requireStatus(Status.Funded);
        if (_root() == 0) revert SubscriptionSale_HoldingsMissing();
        if (_gate.isChallenged) revert SubscriptionSale_Challenged(_root());
        if (block.timestamp < _gate.pausedUntil) {
            revert SubscriptionSale_Paused(block.timestamp, _gate.pausedUntil);
        }
        _resume(); // a pause is over
        return _holdingsRoot;
    }

    /// @dev In force or suspended; one of the two is 0.
    function _root() private view returns (bytes32) {
        return _holdingsRoot | _suspendedRoot;
    }

    function _suspend(bytes32 root) private {
        _holdingsRoot = 0;
        _suspendedRoot = root;
    }

    /// @dev Puts a suspended root in force, unless the sale is paused.
    function _resume() private {
        if (block.timestamp < _gate.pausedUntil) return;
        _holdingsRoot = _suspendedRoot;
        _suspendedRoot = 0;
    }

    function _onlyReview() private view {
        if (msg.sender != REVIEW) revert SubscriptionSale_OnlyReview(msg.sender, REVIEW);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ISubscriptionSale
    function opening() external view returns (Opening memory) {
        return Opening({
            startsAt: TermsCode.load().sessionStart(0),
            root: _root(),
            publishedAt: _gate.publishedAt,
            pausedUntil: _gate.pausedUntil,
            isChallenged: _gate.isChallenged
        });
    }
}
