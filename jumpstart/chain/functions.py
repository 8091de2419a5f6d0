"""The functions by which tokens in use show what they can do, by the name of the trait.

Each line says in which kind of token they are found. Knows names alone: that a function is there
says nothing of who may call it, and that none is there does not prove the power away.
"""

from typing import Final

BLOCKING: Final = (
    # Centre, Tether and their copies
    "isBlacklisted(address)",
    "isBlackListed(address)",
    "getBlackListStatus(address)",
    "addBlackList(address)",
    "blacklist(address)",
    "blacklisted(address)",
    "blacklister()",
    "blacklistAccount(address)",
    "addToBlacklist(address)",
    # under a newer name
    "isBlocklisted(address)",
    "blocklisted(address)",
    "isDenylisted(address)",
    "denylist(address)",
    "addToDenylist(address)",
    "isDenied(address)",
    "isBlocked(address)",
    "blocked(address)",
    "blockUser(address)",
    "blockAccount(address)",
    "isBanned(address)",
    "isSanctioned(address)",
    # Paxos, and others that freeze
    "isFrozen(address)",
    "frozen(address)",
    "freeze(address)",
    "freezeAccount(address,bool)",
    "frozenAccount(address)",
    "setAddressFrozen(address,bool)",
    "freezePartialTokens(address,uint256)",
    "assetProtectionRole()",
    # sold to the public, with a list of sellers that cannot sell
    "isBot(address)",
    "bots(address)",
    "setBots(address[])",
    # only who is admitted: ERC-1404, ERC-1594, ERC-3643
    "detectTransferRestriction(address,address,uint256)",
    "canTransfer(address,uint256,bytes)",
    "identityRegistry()",
    "isWhitelisted(address)",
    "isAllowlisted(address)",
)

PAUSABLE: Final = (
    "paused()",
    "pause()",
    "unpause()",
    "isPaused()",
    "setPaused(bool)",
    "pauser()",
    "PAUSER_ROLE()",
    "stop()",  # Dapphub
    "stopped()",
    "transfersEnabled()",  # MiniMe, Bancor
    "enableTransfers(bool)",
    "disableTransfers(bool)",
    "tradingEnabled()",
    "enableTrading()",
    "tradingOpen()",
    "openTrading()",
    "released()",  # until then, nobody can transfer
)

UPGRADEABLE: Final = (
    "upgradeTo(address)",
    "upgradeToAndCall(address,bytes)",
    "changeAdmin(address)",
    "proxiableUUID()",
    "setImplementation(address)",
    "_setImplementation(address)",
    "_setImplementation(address,bool,bytes)",  # Compound
    "changeImplementation(address)",
    "setTarget(address)",  # Synthetix
    "diamondCut((address,uint8,bytes4[])[],address,bytes)",  # EIP-2535
    "deprecate(address)",  # Tether: from then on another contract answers
)

MINTABLE: Final = (
    "mint(uint256)",
    "mint(address,uint256)",
    "mint(address,uint256,bytes)",
    "mintTo(address,uint256)",
    "mintFor(address,uint256)",
    "batchMint(address[],uint256[])",
    "issue(uint256)",  # Tether
    "issue(address,uint256)",
    "issue(address,uint256,bytes)",
    "increaseSupply(uint256)",  # Paxos
    "generateTokens(address,uint256)",  # MiniMe
    "crosschainMint(address,uint256)",  # ERC-7802
    "minter()",
    "minters(address)",
    "isMinter(address)",
    "addMinter(address)",
    "setMinter(address)",
    "masterMinter()",
    "configureMinter(address,uint256)",
    "supplyController()",
    "MINTER_ROLE()",
    "mintingFinished()",
)

REBASING: Final = (
    "sharesOf(address)",  # Lido
    "getPooledEthByShares(uint256)",
    "rebase()",
    "rebase(uint256)",
    "rebase(uint256,int256)",  # Ampleforth
    "scaledBalanceOf(address)",  # Aave, Ampleforth
    "scaledTotalSupply()",
    "gonsForBalance(uint256)",  # Olympus
    "gonsPerFragment()",
    "_gonsPerFragment()",
    "creditsBalanceOf(address)",  # Origin
    "rebasingCreditsPerToken()",
    "reflectionFromToken(uint256,bool)",  # what shares its fee among holders
    "tokenFromReflection(uint256)",
    "principalBalanceOf(address)",  # Aave's first
    "realtimeBalanceOf(address,uint256)",  # Superfluid
    "rewardMultiplier()",
)

HOOKS: Final = (
    # of receivers and senders, so the token calls them: ERC-777, ERC-223, ERC-677, ERC-1363, MiniMe
    "tokensReceived(address,address,address,uint256,bytes,bytes)",
    "tokensToSend(address,address,address,uint256,bytes,bytes)",
    "tokenReceived(address,uint256,bytes)",
    "tokenFallback(address,uint256,bytes)",
    "onTokenTransfer(address,uint256,bytes)",
    "onTransferReceived(address,address,uint256,bytes)",
    "onApprovalReceived(address,uint256,bytes)",
    "receiveApproval(address,uint256,address,bytes)",
    "onTransfer(address,address,uint256)",
    # of the token itself
    "transferAndCall(address,uint256)",
    "transferAndCall(address,uint256,bytes)",
    "transferFromAndCall(address,address,uint256)",
    "transferFromAndCall(address,address,uint256,bytes)",
    "approveAndCall(address,uint256,bytes)",
)
