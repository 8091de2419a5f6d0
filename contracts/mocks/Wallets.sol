// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A wallet that does what its owner says, and answers for signatures in every way a wallet can.
contract ContractWallet is IERC1271 {
    enum Answer {
        Owner, // the owner's signature is the wallet's
        Invalid,
        Reverting,
        Nothing,
        Short, // the right four bytes, and no more
        Garbage, // 64,000 bytes of what means nothing
        Burning // every gas it is given
    }

    struct Call {
        address to;
        bytes data;
    }

    address public immutable OWNER;
    Answer public answer;

    address private _target;
    bytes private _data;
    bool public isReentered;
    bool public isReentryDone;
    bytes public reentryAnswer;

    constructor(address owner) {
        OWNER = owner;
    }

    /// @dev Calls back, once, when it is paid.
    receive() external payable {
        if (_target == address(0) || isReentered) return;
        isReentered = true;
        (isReentryDone, reentryAnswer) = _target.call(_data);
    }

    function arm(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
        (isReentered, isReentryDone, reentryAnswer) = (false, false, "");
    }

    function setAnswer(Answer newAnswer) external {
        answer = newAnswer;
    }

    function execute(address to, bytes calldata data) external payable {
        _call(to, data);
    }

    /// @dev All of them, or none.
    function executeAll(Call[] calldata calls) external payable {
        for (uint256 i = 0; i < calls.length; ++i) {
            _call(calls[i].to, calls[i].data);
        }
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (answer == Answer.Owner) {
            (address signer,,) = ECDSA.tryRecover(hash, signature);
            return signer == OWNER ? IERC1271.isValidSignature.selector : bytes4(0);
        }
        if (answer == Answer.Reverting) revert("ContractWallet: no");
        bytes4 selector = IERC1271.isValidSignature.selector;
        uint256 size = answer == Answer.Short ? 4 : answer == Answer.Garbage ? 64_000 : 0;
        uint256 gasLeft = answer == Answer.Burning ? 1 : 0;
        if (answer == Answer.Invalid) return 0xffffffff;
        assembly {
            for {} gasLeft {} {}
            mstore(0, selector)
            if gt(size, 4) { mstore(0, not(0)) }
            return(0, size)
        }
    }

    function _call(address to, bytes calldata data) private {
        (bool isDone, bytes memory answer_) = to.call{value: msg.value}(data);
        if (isDone) return;
        assembly {
            revert(add(answer_, 0x20), mload(answer_))
        }
    }
}

/// @title A participant that can act but takes no native coin.
contract RejectingReceiver {
    function execute(address to, bytes calldata data) external payable {
        (bool isDone, bytes memory answer) = to.call{value: msg.value}(data);
        if (isDone) return;
        assembly {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}
