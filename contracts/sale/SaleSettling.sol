// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISubscriptionSale, Status} from "../../interfaces/ISubscriptionSale.sol";
import {SettlementWord} from "../libraries/SettlementWord.sol";
import {Terms, TermsCode} from "../libraries/TermsCode.sol";
import {SaleBase} from "./SaleBase.sol";

/// @title Settling: the outcome of each session, and in the end of the sale.
abstract contract SaleSettling is SaleBase {
    /// @inheritdoc ISubscriptionSale
    function settle() external {
        // Check
        Terms terms_ = TermsCode.load();
        State memory state = _state;
        if (state.status != Status.Funded) {
            revert SubscriptionSale_WrongStatus(state.status, Status.Funded);
        }
        uint256 session = state.settled;
        _requireOver(terms_, session);

        // Effect
        (SettlementWord settlement, uint256 sold, uint256 soldDown) = _outcomeOf(terms_, session);
        emit SessionSettled(
            session, sold, settlement.remaining(), settlement.weight(), settlement.fullFrom()
        );
        state.sold += uint112(sold); // sums of at most the supply, below 2^112
        state.soldDown += uint112(soldDown);
        ++state.settled;
        if (state.settled == terms_.sessionCount()) state.status = _decide(terms_, state);
        if (state.status != Status.Failed) _settlementOf[session] = settlement;
        _state = state;
    }

    function _requireOver(Terms terms_, uint256 session) private view {
        uint256 deadline = terms_.settleDeadline();
        if (block.timestamp >= deadline) {
            revert SubscriptionSale_SettlementTooLate(block.timestamp, deadline);
        }
        uint256 end = terms_.sessionEnd(session);
        if (block.timestamp >= end) return;
        uint256 limit = terms_.sessionLimit(session);
        LimitedDemand memory demand = _limitedDemandOf[session];
        // Not in the same block: a flash loan could fill a session, settle it and pay itself back.
        if (limit == 0 || demand.subscribed != limit || block.timestamp == demand.lastAt) {
            revert SubscriptionSale_SessionRunning(block.timestamp, end);
        }
    }

    function _decide(Terms terms_, State memory state) private returns (Status) {
        uint256 raised = _costDown(terms_, state.sold);
        if (raised < terms_.softCap()) {
            emit SaleFailed(raised, terms_.softCap());
            return Status.Failed;
        }
        emit SaleSucceeded(_costDown(terms_, state.soldDown), terms_.supply() - state.sold);
        return Status.Succeeded;
    }
}
