// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISubscriptionSale, Status} from "../../interfaces/ISubscriptionSale.sol";
import {PositionWord} from "../libraries/PositionWord.sol";
import {ScheduleMath} from "../libraries/ScheduleMath.sol";
import {Terms, TermsCode} from "../libraries/TermsCode.sol";
import {SaleBase} from "./SaleBase.sol";

/// @title Collecting: what is not a participant's goes where the terms say.
abstract contract SaleCollecting is SaleBase {
    /// @notice What has been collected, and what of the tokens returned has not.
    struct Collection {
        bool proceeds;
        bool fee;
        bool unsold;
        uint112 returned;
    }

    /// @notice How far a sweeper has come.
    struct Progress {
        address last; // account shown
        uint32 accounts; // shown so far
    }

    Collection internal _collection;

    /// @dev Kept for each sweeper, so that nobody can spoil another one's.
    mapping(address sweeper => Progress) private _progressOf;

    /// @inheritdoc ISubscriptionSale
    function collectProceeds() external returns (uint256 amount) {
        (Terms terms_, uint256 proceeds, uint256 fee) = _proceedsAndFee();
        if (_collection.proceeds) revert SubscriptionSale_NothingToCollect();
        _collection.proceeds = true;
        amount = proceeds - fee;
        address to = escrow();
        emit ProceedsCollected(to, amount);
        _pay(terms_.paymentToken(), to, amount);
    }

    /// @inheritdoc ISubscriptionSale
    function collectFee() external returns (uint256 amount) {
        Terms terms_;
        (terms_,, amount) = _proceedsAndFee();
        if (_collection.fee) revert SubscriptionSale_NothingToCollect();
        _collection.fee = true;
        emit FeeCollected(terms_.feeTo(), amount);
        _pay(terms_.paymentToken(), terms_.feeTo(), amount);
    }

    /// @inheritdoc ISubscriptionSale
    function outcome() public view returns (uint256 sold, uint256 proceeds) {
        if (_state.status != Status.Succeeded) return (0, 0);
        (, uint256 gross, uint256 fee) = _proceedsAndFee();
        return (_state.sold, gross - fee);
    }

    /// @inheritdoc ISubscriptionSale
    function isProceedsCollected() external view returns (bool) {
        return _collection.proceeds;
    }

    function _proceedsAndFee() private view returns (Terms terms_, uint256 proceeds, uint256 fee) {
        _requireStatus(Status.Succeeded);
        terms_ = TermsCode.load();
        proceeds = _costDown(terms_, _state.soldDown);
        fee = proceeds * terms_.feeBps() / ScheduleMath.BPS;
    }

    /// @inheritdoc ISubscriptionSale
    function collectUnsold() external returns (uint256 amount) {
        Status current = status();
        if (current != Status.Failed) _requireStatus(Status.Succeeded);
        if (_collection.unsold) revert SubscriptionSale_NothingToCollect();
        _collection.unsold = true;
        Terms terms_ = TermsCode.load();
        amount = terms_.supply();
        if (current == Status.Succeeded) amount -= _state.sold;
        emit UnsoldCollected(terms_.unsoldTo(), amount);
        _pay(terms_.saleToken(), terms_.unsoldTo(), amount);
    }

    /// @inheritdoc ISubscriptionSale
    function collectReturned() external returns (uint256 amount) {
        amount = _collection.returned;
        if (amount == 0) revert SubscriptionSale_NothingToCollect();
        _collection.returned = 0;
        Terms terms_ = TermsCode.load();
        emit ReturnedCollected(terms_.unsoldTo(), amount);
        _pay(terms_.saleToken(), terms_.unsoldTo(), amount);
    }

    /// @inheritdoc ISubscriptionSale
    function sweep(address[] calldata accounts) external {
        // Check
        Status current = status();
        if (current != Status.Failed) _requireStatus(Status.Succeeded);
        Progress memory progress = _progressOf[msg.sender];
        for (uint256 i; i < accounts.length; ++i) {
            address account = accounts[i];
            if (account <= progress.last) revert SubscriptionSale_NotAscending(progress.last, account);
            if (!_isOver(_positionOf[account])) revert SubscriptionSale_ClaimOpen(account);
            progress.last = account;
            ++progress.accounts;
        }

        // Effect
        _progressOf[msg.sender] = progress;
        Terms terms_ = TermsCode.load();
        if (progress.accounts != _participants(terms_)) return;
        _collection.unsold = true;
        _collection.returned = 0;
        uint256 reserved = current == Status.Succeeded ? _uncollected() : 0;
        uint256 tokens = _balanceOf(terms_.saleToken());
        uint256 payment = _balanceOf(terms_.paymentToken()) - reserved;
        emit RemaindersSwept(tokens, payment);

        // Interact
        _pay(terms_.saleToken(), terms_.unsoldTo(), tokens);
        _pay(terms_.paymentToken(), terms_.proceedsTo(), payment);
    }

    /// @dev What is the escrow's and the fee's. Whoever has not collected, or cannot receive it, keeps nobody from the rest.
    function _uncollected() private view returns (uint256 payment) {
        (, uint256 proceeds, uint256 fee) = _proceedsAndFee();
        if (!_collection.proceeds) payment = proceeds - fee;
        if (!_collection.fee) payment += fee;
    }

    function _isOver(PositionWord position) private pure returns (bool) {
        if (position.isClaimed()) return position.amount() == position.allotted();
        return position.isRefunded() || position.isExited();
    }
}
