// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ISubscriptionSale, Position, Settlement, Status} from "../interfaces/ISubscriptionSale.sol";
import {PositionWord} from "./libraries/PositionWord.sol";
import {TermsCode} from "./libraries/TermsCode.sol";
import {TieredRule} from "./rules/TieredRule.sol";
import {SaleBase} from "./sale/SaleBase.sol";
import {SaleExiting} from "./sale/SaleExiting.sol";
import {SaleSettling} from "./sale/SaleSettling.sol";
import {SaleSubscribing} from "./sale/SaleSubscribing.sol";

/// @title A sale by subscription with tiered allotment. See `ISubscriptionSale`.
/// @notice Created by the launchpad as clones whose code carries the terms; this implementation itself is locked. Here it
/// shows itself; the parts of its life are in `sale/`, its rule in `rules/`.
contract SubscriptionSale is SaleSubscribing, SaleSettling, SaleExiting, TieredRule {
    constructor(address launchpad, address review, address escrowImplementation)
        SaleBase(launchpad, review, escrowImplementation)
        EIP712("Jumpstart SubscriptionSale", "1")
    {}

    /// @inheritdoc ISubscriptionSale
    function termsHash() external view returns (bytes32) {
        return TermsCode.loadHead().termsHash();
    }

    /// @inheritdoc ISubscriptionSale
    function applicationId() external view returns (uint256) {
        return TermsCode.loadHead().applicationId();
    }

    /// @inheritdoc ISubscriptionSale
    function sessionsSettled() external view returns (uint256) {
        return _state.settled;
    }

    /// @inheritdoc ISubscriptionSale
    function settlementOf(uint256 session) external view returns (Settlement memory) {
        return _settlementOf[session].unpack();
    }

    /// @inheritdoc ISubscriptionSale
    function positionOf(address account) external view returns (Position memory) {
        return _positionOf[account].unpack();
    }

    /// @inheritdoc ISubscriptionSale
    function depositOf(address account) external view returns (uint256) {
        return _depositOf(TermsCode.loadHead(), _positionOf[account]);
    }

    /// @inheritdoc ISubscriptionSale
    function allotmentOf(address account) external view returns (uint256) {
        PositionWord position = _positionOf[account];
        return position.isRefunded() ? 0 : _allotmentOf(position);
    }

    /// @inheritdoc ISubscriptionSale
    function weightOf(address account) external view returns (uint256) {
        return _weightOf(_positionOf[account]);
    }

    /// @inheritdoc ISubscriptionSale
    function totalWeight() external view returns (uint256 total) {
        total = _state.sold;
        if (_state.status == Status.Succeeded) return total;
        return total + _subscribedIn(TermsCode.load(), _state.settled);
    }
}
