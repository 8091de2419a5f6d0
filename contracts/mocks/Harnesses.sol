// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SaleTerms} from "../../interfaces/Terms.sol";
import {TieredMath} from "../libraries/TieredMath.sol";
import {DemandWord} from "../libraries/DemandWord.sol";
import {LotteryMath} from "../libraries/LotteryMath.sol";
import {PriceMath} from "../libraries/PriceMath.sol";
import {ScheduleMath} from "../libraries/ScheduleMath.sol";
import {SettlementWord} from "../libraries/SettlementWord.sol";
import {Terms, TermsCode} from "../libraries/TermsCode.sol";
import {WeightedMath} from "../libraries/WeightedMath.sol";

/// @title Shows `TieredMath` to the outside, many examples in one call.
contract TieredMathHarness {
    struct Row {
        uint256 coefficient;
        uint256 subscribed;
        uint256 accounts;
    }

    struct Example {
        uint256 supply;
        Row[] rows;
    }

    struct Answer {
        uint256 remaining;
        uint256 weight;
        uint256 fullFrom;
        uint256 sold;
        uint256 soldDown;
        uint256[] allotments; // of a subscription of all that its row has subscribed
    }

    function settle(Example[] calldata examples) external pure returns (Answer[] memory answers) {
        answers = new Answer[](examples.length);
        for (uint256 i; i < examples.length; ++i) {
            answers[i] = _settle(examples[i]);
        }
    }

    function _settle(Example calldata example) private pure returns (Answer memory answer) {
        uint256 count = example.rows.length;
        uint256[] memory coefficients = new uint256[](count);
        DemandWord[] memory demands = new DemandWord[](count);
        for (uint256 i; i < count; ++i) {
            Row calldata row = example.rows[i];
            coefficients[i] = row.coefficient;
            demands[i] = DemandWord.wrap(0).add(row.subscribed, row.accounts, 0);
        }
        SettlementWord outcome;
        (outcome, answer.sold, answer.soldDown) = TieredMath.settle(coefficients, demands, example.supply);
        (answer.remaining, answer.weight, answer.fullFrom) =
            (outcome.remaining(), outcome.weight(), outcome.fullFrom());
        answer.allotments = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            answer.allotments[i] =
                TieredMath.allotmentDown(example.rows[i].subscribed, coefficients[i], outcome);
        }
    }
}

/// @title Shows `WeightedMath` to the outside: a whole session, in the order in which accounts are asked to leave.
contract WeightedMathHarness {
    struct Share {
        uint256 bound;
        uint256 weight;
    }

    struct Example {
        uint256 supply;
        Share[] shares;
        uint256[] asked; // places of shares; one that has left is not asked again
    }

    struct Answer {
        uint256 sold;
        uint256 remaining;
        uint256 weight;
        uint256[] allotments;
    }

    function saturate(Example[] calldata examples) external pure returns (Answer[] memory answers) {
        answers = new Answer[](examples.length);
        for (uint256 i; i < examples.length; ++i) {
            answers[i] = _saturate(examples[i]);
        }
    }

    function _saturate(Example calldata example) private pure returns (Answer memory answer) {
        uint256 bounds;
        uint256 weights;
        for (uint256 i; i < example.shares.length; ++i) {
            bounds += example.shares[i].bound;
            weights += example.shares[i].weight;
        }
        SettlementWord level;
        (level, answer.sold) = WeightedMath.settle(example.supply, bounds, weights);
        bool[] memory hasLeft = new bool[](example.shares.length);
        for (uint256 i; i < example.asked.length; ++i) {
            uint256 place = example.asked[i];
            Share calldata share = example.shares[place];
            if (hasLeft[place] || !WeightedMath.isCapped(share.bound, share.weight, level)) continue;
            level = WeightedMath.without(share.bound, share.weight, level);
            hasLeft[place] = true;
        }
        (answer.remaining, answer.weight) = (level.remaining(), level.weight());
        answer.allotments = new uint256[](example.shares.length);
        for (uint256 i; i < example.shares.length; ++i) {
            Share calldata share = example.shares[i];
            answer.allotments[i] =
                hasLeft[i] ? share.bound : WeightedMath.allotmentDown(share.bound, share.weight, level);
        }
    }
}

/// @title Shows `LotteryMath` to the outside.
contract LotteryMathHarness {
    /// @notice Images of `count` tickets from `first` on, the gas that they took, and how many of them win.
    function images(uint256 first, uint256 count, uint256 tickets, uint256 winners, bytes32 seed)
        external
        view
        returns (uint256[] memory found, uint256 spent, uint256 wins)
    {
        found = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            found[i] = LotteryMath.imageOf(first + i, tickets, seed);
        }
        spent = gasleft();
        wins = LotteryMath.winsOf(first, count, tickets, winners, seed);
        spent -= gasleft();
    }
}

/// @title Shows `PriceMath` to the outside.
contract PriceMathHarness {
    function costs(uint256[3][] calldata examples) external pure returns (uint256[2][] memory answers) {
        answers = new uint256[2][](examples.length);
        for (uint256 i; i < examples.length; ++i) {
            (uint256 tokens, uint256 price, uint256 priceUnit) =
                (examples[i][0], examples[i][1], examples[i][2]);
            answers[i] = [
                PriceMath.costUp(tokens, price, priceUnit), PriceMath.costDown(tokens, price, priceUnit)
            ];
        }
    }
}

/// @title Shows `ScheduleMath` to the outside.
contract ScheduleMathHarness {
    /// @param examples Total, timestamp, start, unlock, cliff, duration, step.
    function vested(uint256[7][] calldata examples) external pure returns (uint256[] memory answers) {
        answers = new uint256[](examples.length);
        for (uint256 i; i < examples.length; ++i) {
            uint256[7] calldata x = examples[i];
            answers[i] = ScheduleMath.vestedDown(x[0], x[1], x[2], x[3], x[4], x[5], x[6]);
        }
    }
}

/// @title Shows what `TermsCode` reads from the code of a clone of this contract.
contract TermsCodeHarness {
    function whole() external view returns (bytes32 termsHash, uint256 applicationId, SaleTerms memory terms) {
        Terms code = TermsCode.load();
        return (code.termsHash(), code.applicationId(), code.unpack());
    }

    /// @notice What a claim reads, from the short copy.
    function head() external view returns (uint256[15] memory) {
        Terms terms = TermsCode.loadHead();
        return [
            uint256(terms.termsHash()),
            terms.applicationId(),
            terms.settleDeadline(),
            uint160(terms.saleToken()),
            uint160(terms.paymentToken()),
            terms.price(),
            terms.priceUnit(),
            terms.vestingStart(),
            terms.unlockBps(),
            terms.cliffSeconds(),
            terms.durationSeconds(),
            terms.stepSeconds(),
            terms.sessionCount(),
            terms.tierCount(),
            terms.attesterCount()
        ];
    }

    /// @notice What an escrow reads from the code of its sale: the terms of the escrow in their order, and the milestones.
    function escrowOf(address sale) external view returns (uint256[6] memory terms, uint256[2][] memory rows) {
        Terms code = TermsCode.loadFrom(sale);
        terms = [
            code.initialBps(),
            code.graceSeconds(),
            code.objectionSeconds(),
            code.objectionBps(),
            code.exitSeconds(),
            uint160(code.remainderTo())
        ];
        rows = new uint256[2][](code.milestoneCount());
        for (uint256 i; i < rows.length; ++i) {
            rows[i] = [code.milestoneShareBps(i), code.milestoneDeadline(i)];
        }
    }

    function supply() external view returns (uint256) {
        return TermsCode.load().supply();
    }

    /// @notice The admitted ones of codes 0 .. `end` - 1.
    function admitted(uint256 end) external view returns (bool[] memory codes) {
        Terms terms = TermsCode.load();
        codes = new bool[](end);
        for (uint256 code; code < end; ++code) {
            codes[code] = terms.admits(code);
        }
    }
}
