// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OddToken, PermitlessToken} from "./OddTokens.sol";

/// @title What the tokens below have in common that keep their balances in a way of their own.
abstract contract BookToken {
    event Transfer(address indexed from, address indexed to, uint256 value);

    mapping(address account => mapping(address spender => uint256)) public allowance;

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        _move(from, to, value);
        return true;
    }

    function balanceOf(address account) public view virtual returns (uint256);

    function _write(address account, uint256 balance) internal virtual;

    function _move(address from, address to, uint256 value) internal virtual {
        _write(from, balanceOf(from) - value);
        _write(to, balanceOf(to) + value);
        emit Transfer(from, to, value);
    }
}

// ---------------------------------------------------------------------------------------- answers

/// @title Refuses by returning false, as tokens before 2017 did.
contract QuietToken is OddToken {
    constructor(uint256 supply) OddToken(supply) {}

    function transfer(address to, uint256 value) external returns (bool) {
        if (balanceOf[msg.sender] < value) return false;
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        if (balanceOf[from] < value || allowance[from][msg.sender] < value) return false;
        _spend(from, to, value);
        return true;
    }
}

/// @title Moves what it is asked to, and returns false.
contract LyingToken is OddToken {
    constructor(uint256 supply) OddToken(supply) {}

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return false;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        _spend(from, to, value);
        return false;
    }
}

/// @title Changes an approval only to zero or from zero, as USDT does.
contract RaceGuardToken {
    event Transfer(address indexed from, address indexed to, uint256 value);

    mapping(address account => uint256) public balanceOf;
    mapping(address account => mapping(address spender => uint256)) public allowance;

    constructor(uint256 supply) {
        balanceOf[msg.sender] = supply;
    }

    function approve(address spender, uint256 value) external {
        require(value == 0 || allowance[msg.sender][spender] == 0, "RaceGuardToken: approved");
        allowance[msg.sender][spender] = value;
    }

    function transfer(address to, uint256 value) public returns (bool) {
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
        emit Transfer(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
        return true;
    }
}

// ---------------------------------------------------------------------------------------- amounts

/// @title Takes a hundredth of amounts from a threshold on, never from who deployed it; if it likes, of what goes to
/// contracts only, or on top.
contract SometimesFeeToken is PermitlessToken {
    uint256 private immutable THRESHOLD;
    bool private immutable IS_FOR_CONTRACTS;
    bool private immutable IS_ON_TOP;
    address private immutable DEPLOYER = msg.sender;

    constructor(uint256 supply, uint256 threshold, bool isForContracts, bool isOnTop) PermitlessToken(supply) {
        (THRESHOLD, IS_FOR_CONTRACTS, IS_ON_TOP) = (threshold, isForContracts, isOnTop);
    }

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        if (from == DEPLOYER || value < THRESHOLD || (IS_FOR_CONTRACTS && to.code.length == 0)) return;
        balanceOf[IS_ON_TOP ? from : to] -= value / 100;
    }
}

/// @title Every balance is a share of a whole that grows: by time, or with each transfer.
contract SharesToken is BookToken {
    mapping(address account => uint256) private _shares;
    uint256 private immutable START = block.timestamp;
    bool private immutable IS_BY_TIME;
    uint256 private _transfers;

    constructor(uint256 supply, bool isByTime) {
        _shares[msg.sender] = supply;
        IS_BY_TIME = isByTime;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return _shares[account] * _index() / 1e18;
    }

    function _write(address account, uint256 balance) internal override {
        _shares[account] = balance * 1e18 / _index();
    }

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        _transfers++;
    }

    function _index() private view returns (uint256) {
        return 1e18 + (IS_BY_TIME ? (block.timestamp - START) / 1 hours : _transfers) * 1e15;
    }
}

// ---------------------------------------------------------------------------------------- powers

/// @title One who deploys it can stop it, and make more of it.
contract RuledToken is PermitlessToken {
    address public immutable minter = msg.sender;
    bool public paused;

    constructor(uint256 supply) PermitlessToken(supply) {}

    function setPaused(bool isPaused) external {
        require(msg.sender == minter, "RuledToken: not the minter");
        paused = isPaused;
    }

    function mint(address to, uint256 value) external {
        require(msg.sender == minter, "RuledToken: not the minter");
        balanceOf[to] += value;
    }

    function _move(address from, address to, uint256 value) internal override {
        require(!paused, "RuledToken: paused");
        super._move(from, to, value);
    }
}

/// @title Runs the code that a slot names, or that a beacon named by it names, on its own storage.
contract SlotProxy {
    bytes32 private immutable SLOT;
    bool private immutable IS_BEACON;

    constructor(bytes32 slot, address target, bool isBeacon) {
        assembly {
            sstore(slot, target)
        }
        (SLOT, IS_BEACON) = (slot, isBeacon);
    }

    fallback() external {
        bytes32 slot = SLOT;
        address target;
        assembly {
            target := sload(slot)
        }
        if (IS_BEACON) target = SlotBeacon(target).implementation();
        assembly {
            calldatacopy(0, 0, calldatasize())
            let isDone := delegatecall(gas(), target, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if isDone { return(0, returndatasize()) }
            revert(0, returndatasize())
        }
    }
}

/// @title Names an implementation.
contract SlotBeacon {
    address public implementation;

    constructor(address target) {
        implementation = target;
    }
}

/// @title Tells a receiving contract of what it gets, as ERC-223 asks for.
contract TellingToken is PermitlessToken {
    constructor(uint256 supply) PermitlessToken(supply) {}

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        if (to.code.length != 0) ITold(to).tokenReceived(from, value, "");
    }
}

interface ITold {
    function tokenReceived(address from, uint256 value, bytes calldata data) external;
}

// ---------------------------------------------------------------------------------------- books

/// @title Keeps its balances where Vyper, ERC-7201 or USDC would, or in another contract.
contract LayoutToken is BookToken {
    enum Layout {
        Vyper,
        Namespaced,
        Packed, // beside what the upper half of the word is for
        External
    }

    Layout private immutable LAYOUT;
    BalanceStore private immutable STORE = new BalanceStore();

    constructor(uint256 supply, Layout kind) {
        LAYOUT = kind;
        _write(msg.sender, supply);
    }

    function balanceOf(address account) public view override returns (uint256 word) {
        if (LAYOUT == Layout.External) return STORE.balances(account);
        bytes32 slot = _slot(account);
        assembly {
            word := sload(slot)
        }
        word = uint128(word);
    }

    function _write(address account, uint256 balance) internal override {
        if (LAYOUT == Layout.External) return STORE.write(account, balance);
        bytes32 slot = _slot(account);
        uint256 word = LAYOUT == Layout.Packed ? balance | (7 << 200) : balance;
        assembly {
            sstore(slot, word)
        }
    }

    function _slot(address account) private view returns (bytes32) {
        if (LAYOUT == Layout.Vyper) return keccak256(abi.encode(11, account));
        return keccak256(abi.encode(account, 0x52c63247e1f47db19d5ce0460030c497f067ca4cebf71ba98eeadabe20bace00));
    }
}

/// @title The balances of a token that keeps none itself.
contract BalanceStore {
    address private immutable TOKEN = msg.sender;
    mapping(address account => uint256) public balances;

    function write(address account, uint256 balance) external {
        require(msg.sender == TOKEN, "BalanceStore: not the token");
        balances[account] = balance;
    }
}

/// @title Keeps every balance twice, and counts what does not agree as nothing.
contract MirroredToken is BookToken {
    mapping(address account => uint256) private _balance;
    mapping(address account => uint256) private _mirror;

    constructor(uint256 supply) {
        _write(msg.sender, supply);
    }

    function balanceOf(address account) public view override returns (uint256) {
        return _balance[account] == ~_mirror[account] ? _balance[account] : 0;
    }

    function _write(address account, uint256 balance) internal override {
        (_balance[account], _mirror[account]) = (balance, ~balance);
    }
}
