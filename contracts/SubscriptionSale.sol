// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {
    Demand,
    ISubscriptionSale,
    Position,
    SaleTerms,
    Settlement,
    Status
} from "../interfaces/ISubscriptionSale.sol";
import {ITermsRules} from "../interfaces/ITermsRules.sol";
import {Terms, TermsCode} from "./libraries/TermsCode.sol";
import {SaleClaiming} from "./sale/SaleClaiming.sol";
import {SaleCollecting} from "./sale/SaleCollecting.sol";
import {SaleSettling} from "./sale/SaleSettling.sol";
import {SaleSubscribing} from "./sale/SaleSubscribing.sol";

/// @title A sale by subscription with tiered allotment. See `ISubscriptionSale`.
/// @notice Deployed as clones whose code carries the terms; this implementation itself is locked. Here it opens and
/// shows itself; the parts of its life are in `sale/`.
contract SubscriptionSale is SaleSubscribing, SaleSettling, SaleClaiming, SaleCollecting {
    address private immutable IMPLEMENTATION = address(this);
    ITermsRules private immutable TERMS_RULES;

    constructor(ITermsRules termsRules) EIP712("Jumpstart SubscriptionSale", "1") {
        TERMS_RULES = termsRules;
    }

    // ----------------------------------------------------------------------------------------------- opening

    /// @inheritdoc ISubscriptionSale
    function fund() external {
        // Check
        if (address(this) == IMPLEMENTATION) revert SubscriptionSale_ImplementationLocked();
        if (_state.status != Status.Unfunded) {
            revert SubscriptionSale_WrongStatus(_state.status, Status.Unfunded);
        }
        bytes memory encoding = TermsCode.encoding();
        uint256 supply = TERMS_RULES.check(encoding, address(this));
        Terms terms_ = TermsCode.load();
        _requireBeforeStart(terms_);

        // Effect
        _state.status = Status.Funded;
        emit Funded(msg.sender, keccak256(encoding), supply);

        // Interact
        uint256 received = _pull(terms_.saleToken(), supply);
        if (received != supply) revert SubscriptionSale_FundingShort(received, supply);
    }

    /// @inheritdoc ISubscriptionSale
    function publishHoldings(bytes32 root) external {
        Terms terms_ = TermsCode.load();
        address publisher = terms_.holdingsPublisher();
        if (msg.sender != publisher) revert SubscriptionSale_OnlyPublisher(msg.sender, publisher);
        _requireStatus(Status.Funded);
        _requireBeforeStart(terms_);
        if (_holdingsRoot != 0) revert SubscriptionSale_HoldingsAlreadyPublished(_holdingsRoot);
        if (root == 0) revert SubscriptionSale_HoldingsMissing();

        _holdingsRoot = root;
        emit HoldingsPublished(root);
    }

    function _requireBeforeStart(Terms terms_) private view {
        uint256 start = terms_.sessionStart(0);
        if (block.timestamp >= start) revert SubscriptionSale_AlreadyStarted(block.timestamp, start);
    }

    // ------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ISubscriptionSale
    function terms() external view returns (SaleTerms memory) {
        bytes memory encoding = TermsCode.encoding(); // is what this function returns, to the byte
        assembly ("memory-safe") {
            return(add(encoding, 0x20), mload(encoding))
        }
    }

    /// @inheritdoc ISubscriptionSale
    function termsHash() external view returns (bytes32) {
        return keccak256(TermsCode.encoding());
    }

    /// @inheritdoc ISubscriptionSale
    function holdingsRoot() external view returns (bytes32) {
        return _holdingsRoot;
    }

    /// @inheritdoc ISubscriptionSale
    function sessionsSettled() external view returns (uint256) {
        return _state.settled;
    }

    /// @inheritdoc ISubscriptionSale
    function demandOf(uint256 session, uint256 tier) external view returns (Demand memory) {
        return _demandOf[_demandKey(session, tier)].unpack();
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
        return _costUp(TermsCode.loadHead(), _positionOf[account].tokens());
    }

    /// @inheritdoc ISubscriptionSale
    function allotmentOf(address account) external view returns (uint256) {
        return _allotmentOf(_positionOf[account]);
    }
}
