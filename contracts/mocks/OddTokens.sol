// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the odd tokens below have in common: balances and allowances, the whole supply to who deploys.
abstract contract OddToken {
    event Transfer(address indexed from, address indexed to, uint256 value);

    mapping(address account => uint256) public balanceOf;
    mapping(address account => mapping(address spender => uint256)) public allowance;

    constructor(uint256 supply) {
        balanceOf[msg.sender] = supply;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function _move(address from, address to, uint256 value) internal virtual {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }

    function _spend(address from, address to, uint256 value) internal {
        allowance[from][msg.sender] -= value;
        _move(from, to, value);
    }
}

/// @title An ERC-20 token without permit, and nothing else.
contract PermitlessToken is OddToken {
    constructor(uint256 supply) OddToken(supply) {}

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        _spend(from, to, value);
        return true;
    }
}

/// @title Moves what it is asked to, and logs nothing of it.
contract SilentToken is PermitlessToken {
    constructor(uint256 supply) PermitlessToken(supply) {}

    function _move(address from, address to, uint256 value) internal override {
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }
}

/// @title Returns nothing, as USDT does.
contract NoReturnToken is OddToken {
    constructor(uint256 supply) OddToken(supply) {}

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        _spend(from, to, value);
    }
}

/// @title Once switched, returns false where others revert, and moves nothing.
contract FalseReturningToken is OddToken {
    bool public refusing;

    constructor(uint256 supply) OddToken(supply) {}

    function setRefusing(bool newRefusing) external {
        refusing = newRefusing;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        if (refusing) return false;
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        if (refusing) return false;
        _spend(from, to, value);
        return true;
    }
}

/// @title Takes a share of what is moved, once that is switched on.
contract FeeToken is PermitlessToken {
    uint256 public feeBps;

    constructor(uint256 supply) PermitlessToken(supply) {}

    function setFeeBps(uint256 newFeeBps) external {
        feeBps = newFeeBps;
    }

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        if (feeBps == 0) return;
        uint256 fee = value * feeBps / 10_000;
        balanceOf[to] -= fee;
        emit Transfer(to, address(0), fee);
    }
}

/// @title Refuses to move anything from or to a blocked address, as USDC does.
contract BlockingToken is PermitlessToken {
    error BlockingToken_Blocked(address account);

    mapping(address account => bool) public isBlocked;

    constructor(uint256 supply) PermitlessToken(supply) {}

    function setBlocked(address account, bool newBlocked) external {
        isBlocked[account] = newBlocked;
    }

    function _move(address from, address to, uint256 value) internal override {
        if (isBlocked[from]) revert BlockingToken_Blocked(from);
        if (isBlocked[to]) revert BlockingToken_Blocked(to);
        super._move(from, to, value);
    }
}

/// @title Calls back whom it is told to, in the middle of each transfer, and remembers how that went.
contract ReentrantToken is PermitlessToken {
    address public target;
    bytes public data;
    uint256 public calls;
    uint256 public successes;
    bytes public answer;

    constructor(uint256 supply) PermitlessToken(supply) {}

    function arm(address newTarget, bytes calldata newData) external {
        (target, data, calls, successes, answer) = (newTarget, newData, 0, 0, "");
    }

    /// @dev As an account that can do anything itself.
    function execute(address to, bytes calldata call) external {
        (bool isDone,) = to.call(call);
        require(isDone, "ReentrantToken: refused");
    }

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        if (target == address(0) || calls != 0) return;
        calls = 1;
        bool isDone;
        (isDone, answer) = target.call(data);
        if (isDone) successes = 1;
    }
}
