// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SaleTerms, Session} from "../interfaces/ISubscriptionSale.sol";
import {ITermsRules} from "../interfaces/ITermsRules.sol";
import {PriceMath} from "./libraries/PriceMath.sol";
import {ScheduleMath} from "./libraries/ScheduleMath.sol";

/// @title The rules that terms must respect for a sale to open. See `ITermsRules`.
contract TermsRules is ITermsRules {
    uint256 private constant MAX_SESSIONS = 8; // storage is laid out for these
    uint256 private constant MAX_TIERS = 32; // bounds the gas of settlement
    uint256 private constant MAX_ATTESTERS = 8; // bounds the gas of a refused subscription
    uint256 private constant MAX_COEFFICIENT = 65_534; // one less than uint16, so that "nobody in full" fits too
    uint256 private constant MAX_TIME = type(uint40).max;
    uint256 private constant MAX_AMOUNT = type(uint112).max;
    // The demand of one coefficient is kept below 2^107: 2,048 times this.
    uint256 private constant MAX_SUPPLY = type(uint96).max;

    /// @inheritdoc ITermsRules
    function check(bytes calldata encoding, address sale) external view returns (uint256 supply) {
        SaleTerms memory terms = abi.decode(encoding, (SaleTerms));
        bytes32 given = keccak256(encoding);
        bytes32 canonical = keccak256(abi.encode(terms));
        if (given != canonical) revert TermsRules_NotCanonical(given, canonical);

        _equal("chainId", terms.chainId, block.chainid);
        supply = _checkSessions(terms);
        _checkDeal(terms, supply);
        _checkAdmission(terms);
        _checkParties(terms, sale);
        _checkVesting(terms);
        _checkTiers(terms);
    }

    function _checkSessions(SaleTerms memory terms) private pure returns (uint256 supply) {
        uint256 count = terms.sessions.length;
        _least("sessions", count, 1);
        _most("sessions", count, MAX_SESSIONS);
        uint256 end;
        for (uint256 i; i < count; ++i) {
            Session memory session = terms.sessions[i];
            _least("session.start", session.start, end);
            _most("session.start", session.start, MAX_TIME);
            _least("session.end", session.end, session.start + 1);
            _most("session.end", session.end, MAX_TIME);
            _least("session.supply", session.supply, 1);
            _most("session.supply", session.supply, MAX_AMOUNT);
            if (session.limit != 0) _least("session.limit", session.limit, session.supply);
            _most("session.limit", session.limit, MAX_AMOUNT);
            supply += session.supply;
            end = session.end;
        }
        _most("supply", supply, MAX_SUPPLY);
        _least("settleDeadline", terms.settleDeadline, end + 1);
        _most("settleDeadline", terms.settleDeadline, MAX_TIME);
    }

    function _checkDeal(SaleTerms memory terms, uint256 supply) private view {
        address saleToken = terms.deal.saleToken;
        address paymentToken = terms.deal.paymentToken;
        _least("saleToken.code", saleToken.code.length, 1);
        if (paymentToken != address(0)) {
            _least("paymentToken.code", paymentToken.code.length, 1);
            _differ("paymentToken", paymentToken, saleToken);
        }
        _least("price", terms.deal.price, 1);
        _most("price", terms.deal.price, MAX_AMOUNT);
        _least("priceUnit", terms.deal.priceUnit, 1);
        _most("priceUnit", terms.deal.priceUnit, MAX_AMOUNT);
        _least("minimum", terms.deal.minimum, 1);
        _most("minimum", terms.deal.minimum, MAX_AMOUNT);
        if (terms.deal.accountCap != 0) {
            _least("accountCap", terms.deal.accountCap, terms.deal.minimum);
        }
        _most("accountCap", terms.deal.accountCap, supply); // above it, it caps nothing
        _most(
            "softCap",
            terms.deal.softCap,
            PriceMath.costDown(supply, terms.deal.price, terms.deal.priceUnit)
        );
    }

    function _checkAdmission(SaleTerms memory terms) private view {
        _least("passRegistry.code", terms.admission.passRegistry.code.length, 1);
        _least("level", terms.admission.level, 1);
        _most("level", terms.admission.level, type(uint8).max);
        _least("attesters", terms.attesters.length, 1);
        _most("attesters", terms.attesters.length, MAX_ATTESTERS);
        for (uint256 i; i < terms.attesters.length; ++i) {
            _notZero("attester", terms.attesters[i]);
        }
        uint256[4] memory admitted = terms.admission.jurisdictions;
        _least("jurisdictions", admitted[0] | admitted[1] | admitted[2] | admitted[3], 1);
        _most("jurisdictions", admitted[3], (1 << (1000 - 768)) - 1); // codes end at 999
    }

    function _checkParties(SaleTerms memory terms, address sale) private pure {
        _notZero("holdingsPublisher", terms.parties.holdingsPublisher);
        _receiver("proceedsTo", terms.parties.proceedsTo, sale);
        _receiver("unsoldTo", terms.parties.unsoldTo, sale);
        _receiver("feeTo", terms.parties.feeTo, sale);
        _most("feeBps", terms.parties.feeBps, ScheduleMath.BPS);
    }

    function _checkVesting(SaleTerms memory terms) private pure {
        _most("vesting.start", terms.vesting.start, MAX_TIME);
        _most("vesting.durationSeconds", terms.vesting.durationSeconds, MAX_TIME);
        _most("vesting.unlockBps", terms.vesting.unlockBps, ScheduleMath.BPS);
        _most("vesting.cliffSeconds", terms.vesting.cliffSeconds, terms.vesting.durationSeconds);
        _most("vesting.stepSeconds", terms.vesting.stepSeconds, terms.vesting.durationSeconds);
        if (terms.vesting.durationSeconds == 0) {
            _equal("vesting.unlockBps", terms.vesting.unlockBps, ScheduleMath.BPS);
        }
    }

    function _checkTiers(SaleTerms memory terms) private pure {
        uint256 count = terms.tiers.length;
        _least("tiers", count, 1);
        _most("tiers", count, MAX_TIERS);
        uint256 threshold;
        uint256 coefficient;
        for (uint256 i; i < count; ++i) {
            // Rising from 1: who proves a holding of 0 has no coefficient.
            if (terms.tiers[i].threshold <= threshold) {
                _fail("tier.threshold", terms.tiers[i].threshold, threshold);
            }
            _least("tier.coefficient", terms.tiers[i].coefficient, coefficient + 1);
            _most("tier.coefficient", terms.tiers[i].coefficient, MAX_COEFFICIENT);
            threshold = terms.tiers[i].threshold;
            coefficient = terms.tiers[i].coefficient;
        }
    }

    // ----------------------------------------------------------------------------------------------- bounds

    function _least(bytes32 field, uint256 given, uint256 bound) private pure {
        if (given < bound) _fail(field, given, bound);
    }

    function _most(bytes32 field, uint256 given, uint256 bound) private pure {
        if (given > bound) _fail(field, given, bound);
    }

    function _equal(bytes32 field, uint256 given, uint256 bound) private pure {
        if (given != bound) _fail(field, given, bound);
    }

    function _differ(bytes32 field, address given, address other) private pure {
        if (given == other) _fail(field, uint160(given), uint160(other));
    }

    function _notZero(bytes32 field, address given) private pure {
        _differ(field, given, address(0));
    }

    /// @dev A sale that pays itself would lose the money.
    function _receiver(bytes32 field, address given, address sale) private pure {
        _notZero(field, given);
        _differ(field, given, sale);
    }

    function _fail(bytes32 field, uint256 given, uint256 bound) private pure {
        revert TermsRules_Invalid(field, given, bound);
    }
}
