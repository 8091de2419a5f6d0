// Made by tools/page_abi.py from the contracts. Not to be edited.

export const subscriptionSaleAbi = [
 {
  "type": "function",
  "name": "abandon",
  "inputs": [],
  "outputs": [],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "allotmentOf",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "applicationId",
  "inputs": [],
  "outputs": [
   {
    "type": "uint256",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "claim",
  "inputs": [],
  "outputs": [
   {
    "type": "uint256",
    "name": "tokens"
   },
   {
    "type": "uint256",
    "name": "refunded"
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "claimTo",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   },
   {
    "type": "address",
    "name": "to"
   },
   {
    "type": "uint256",
    "name": "deadline"
   },
   {
    "type": "bytes",
    "name": "signature"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "tokens"
   },
   {
    "type": "uint256",
    "name": "refunded"
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "claimableOf",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "tokens"
   },
   {
    "type": "uint256",
    "name": "refunded"
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "demandOf",
  "inputs": [
   {
    "type": "uint256",
    "name": "session"
   },
   {
    "type": "uint256",
    "name": "tier"
   }
  ],
  "outputs": [
   {
    "type": "tuple",
    "name": "",
    "components": [
     {
      "type": "uint112",
      "name": "subscribed"
     },
     {
      "type": "uint32",
      "name": "accounts"
     },
     {
      "type": "uint32",
      "name": "newcomers"
     }
    ]
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "depositOf",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "nonceOf",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "opening",
  "inputs": [],
  "outputs": [
   {
    "type": "tuple",
    "name": "",
    "components": [
     {
      "type": "uint256",
      "name": "startsAt"
     },
     {
      "type": "bytes32",
      "name": "root"
     },
     {
      "type": "uint256",
      "name": "publishedAt"
     },
     {
      "type": "uint256",
      "name": "pausedUntil"
     },
     {
      "type": "bool",
      "name": "isChallenged"
     }
    ]
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "parts",
  "inputs": [],
  "outputs": [
   {
    "type": "address",
    "name": "launchpad"
   },
   {
    "type": "address",
    "name": "review"
   },
   {
    "type": "address",
    "name": "escrowImplementation"
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "positionOf",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "tuple",
    "name": "",
    "components": [
     {
      "type": "uint112",
      "name": "allotted"
     },
     {
      "type": "uint112",
      "name": "amount"
     },
     {
      "type": "uint16",
      "name": "coefficient"
     },
     {
      "type": "uint8",
      "name": "tier"
     },
     {
      "type": "uint8",
      "name": "session"
     },
     {
      "type": "uint8",
      "name": "stage"
     }
    ]
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "refund",
  "inputs": [],
  "outputs": [
   {
    "type": "uint256",
    "name": "refunded"
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "refundTo",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   },
   {
    "type": "address",
    "name": "to"
   },
   {
    "type": "uint256",
    "name": "deadline"
   },
   {
    "type": "bytes",
    "name": "signature"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "refunded"
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "sessionsSettled",
  "inputs": [],
  "outputs": [
   {
    "type": "uint256",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "settle",
  "inputs": [],
  "outputs": [],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "settlementOf",
  "inputs": [
   {
    "type": "uint256",
    "name": "session"
   }
  ],
  "outputs": [
   {
    "type": "tuple",
    "name": "",
    "components": [
     {
      "type": "uint112",
      "name": "remaining"
     },
     {
      "type": "uint128",
      "name": "weight"
     },
     {
      "type": "uint16",
      "name": "fullFrom"
     }
    ]
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "status",
  "inputs": [],
  "outputs": [
   {
    "type": "uint8",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "subscribe",
  "inputs": [
   {
    "type": "uint256",
    "name": "amount"
   },
   {
    "type": "uint256",
    "name": "holding"
   },
   {
    "type": "bytes32[]",
    "name": "proof"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "accepted"
   }
  ],
  "stateMutability": "payable"
 },
 {
  "type": "function",
  "name": "subscribeWithPermit",
  "inputs": [
   {
    "type": "uint256",
    "name": "amount"
   },
   {
    "type": "uint256",
    "name": "holding"
   },
   {
    "type": "bytes32[]",
    "name": "proof"
   },
   {
    "type": "uint256",
    "name": "value"
   },
   {
    "type": "uint256",
    "name": "deadline"
   },
   {
    "type": "uint8",
    "name": "v"
   },
   {
    "type": "bytes32",
    "name": "r"
   },
   {
    "type": "bytes32",
    "name": "s"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "accepted"
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "totalWeight",
  "inputs": [],
  "outputs": [
   {
    "type": "uint256",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "weightOf",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": ""
   }
  ],
  "stateMutability": "view"
 }
] as const;

export const proceedsEscrowAbi = [
 {
  "type": "function",
  "name": "delivery",
  "inputs": [],
  "outputs": [
   {
    "type": "tuple",
    "name": "",
    "components": [
     {
      "type": "uint8",
      "name": "status"
     },
     {
      "type": "uint256",
      "name": "current"
     },
     {
      "type": "uint256",
      "name": "attestedAt"
     },
     {
      "type": "uint256",
      "name": "objected"
     },
     {
      "type": "uint256",
      "name": "attestations"
     },
     {
      "type": "uint256",
      "name": "exitAt"
     },
     {
      "type": "uint256",
      "name": "releasedBps"
     }
    ]
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "exit",
  "inputs": [
   {
    "type": "address",
    "name": "to"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "returned"
   },
   {
    "type": "uint256",
    "name": "amount"
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "exitOf",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "returned"
   },
   {
    "type": "uint256",
    "name": "amount"
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "exitWithoutTokens",
  "inputs": [
   {
    "type": "address",
    "name": "to"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "returned"
   },
   {
    "type": "uint256",
    "name": "amount"
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "hasObjected",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "bool",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "hasSharedBond",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "bool",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "object",
  "inputs": [],
  "outputs": [],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "shareBond",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "amount"
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "slash",
  "inputs": [],
  "outputs": [
   {
    "type": "uint256",
    "name": "bond"
   },
   {
    "type": "uint256",
    "name": "totalWeight"
   }
  ],
  "stateMutability": "view"
 }
] as const;

export const launchpadAbi = [
 {
  "type": "event",
  "name": "Listed",
  "inputs": [
   {
    "type": "uint256",
    "name": "applicationId",
    "indexed": true
   },
   {
    "type": "address",
    "name": "sale",
    "indexed": true
   },
   {
    "type": "address",
    "name": "escrow",
    "indexed": true
   },
   {
    "type": "bytes32",
    "name": "termsHash"
   },
   {
    "type": "bytes",
    "name": "terms"
   }
  ]
 },
 {
  "type": "function",
  "name": "escrowOf",
  "inputs": [
   {
    "type": "address",
    "name": "sale"
   }
  ],
  "outputs": [
   {
    "type": "address",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "listingBlockOf",
  "inputs": [
   {
    "type": "uint256",
    "name": "applicationId"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "saleOf",
  "inputs": [
   {
    "type": "uint256",
    "name": "applicationId"
   }
  ],
  "outputs": [
   {
    "type": "address",
    "name": ""
   }
  ],
  "stateMutability": "view"
 }
] as const;

export const projectReviewAbi = [
 {
  "type": "function",
  "name": "guardian",
  "inputs": [],
  "outputs": [
   {
    "type": "address",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "resultOf",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   }
  ],
  "outputs": [
   {
    "type": "uint8[7]",
    "name": "medians"
   },
   {
    "type": "uint256",
    "name": "total"
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "rules",
  "inputs": [],
  "outputs": [
   {
    "type": "tuple",
    "name": "",
    "components": [
     {
      "type": "address",
      "name": "bondToken"
     },
     {
      "type": "uint256",
      "name": "bond"
     },
     {
      "type": "uint256",
      "name": "challengeBond"
     },
     {
      "type": "uint256",
      "name": "quorum"
     },
     {
      "type": "uint256",
      "name": "commitSeconds"
     },
     {
      "type": "uint256",
      "name": "revealSeconds"
     },
     {
      "type": "uint256",
      "name": "approvalSeconds"
     },
     {
      "type": "uint256",
      "name": "noticeSeconds"
     },
     {
      "type": "uint256",
      "name": "bar"
     },
     {
      "type": "uint8[7]",
      "name": "floors"
     },
     {
      "type": "uint16[7]",
      "name": "weightsBps"
     }
    ]
   }
  ],
  "stateMutability": "view"
 }
] as const;

export const passRegistryAbi = [
 {
  "type": "function",
  "name": "passOf",
  "inputs": [
   {
    "type": "address",
    "name": "attester"
   },
   {
    "type": "address",
    "name": "account"
   }
  ],
  "outputs": [
   {
    "type": "tuple",
    "name": "",
    "components": [
     {
      "type": "uint16",
      "name": "jurisdiction"
     },
     {
      "type": "uint8",
      "name": "level"
     },
     {
      "type": "uint40",
      "name": "issuedAt"
     },
     {
      "type": "uint40",
      "name": "expiresAt"
     },
     {
      "type": "uint40",
      "name": "revokedAt"
     }
    ]
   }
  ],
  "stateMutability": "view"
 }
] as const;

export const projectTokenAbi = [
 {
  "type": "function",
  "name": "DOMAIN_SEPARATOR",
  "inputs": [],
  "outputs": [
   {
    "type": "bytes32",
    "name": "result"
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "allowance",
  "inputs": [
   {
    "type": "address",
    "name": "owner"
   },
   {
    "type": "address",
    "name": "spender"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "result"
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "approve",
  "inputs": [
   {
    "type": "address",
    "name": "spender"
   },
   {
    "type": "uint256",
    "name": "amount"
   }
  ],
  "outputs": [
   {
    "type": "bool",
    "name": ""
   }
  ],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "balanceOf",
  "inputs": [
   {
    "type": "address",
    "name": "owner"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "result"
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "decimals",
  "inputs": [],
  "outputs": [
   {
    "type": "uint8",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "name",
  "inputs": [],
  "outputs": [
   {
    "type": "string",
    "name": ""
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "nonces",
  "inputs": [
   {
    "type": "address",
    "name": "owner"
   }
  ],
  "outputs": [
   {
    "type": "uint256",
    "name": "result"
   }
  ],
  "stateMutability": "view"
 },
 {
  "type": "function",
  "name": "permit",
  "inputs": [
   {
    "type": "address",
    "name": "owner"
   },
   {
    "type": "address",
    "name": "spender"
   },
   {
    "type": "uint256",
    "name": "value"
   },
   {
    "type": "uint256",
    "name": "deadline"
   },
   {
    "type": "uint8",
    "name": "v"
   },
   {
    "type": "bytes32",
    "name": "r"
   },
   {
    "type": "bytes32",
    "name": "s"
   }
  ],
  "outputs": [],
  "stateMutability": "nonpayable"
 },
 {
  "type": "function",
  "name": "symbol",
  "inputs": [],
  "outputs": [
   {
    "type": "string",
    "name": ""
   }
  ],
  "stateMutability": "view"
 }
] as const;

export const termsAbi = [
 {
  "type": "tuple",
  "name": "terms",
  "components": [
   {
    "type": "tuple",
    "name": "sale",
    "components": [
     {
      "type": "uint256",
      "name": "chainId"
     },
     {
      "type": "uint256",
      "name": "settleDeadline"
     },
     {
      "type": "tuple",
      "name": "deal",
      "components": [
       {
        "type": "address",
        "name": "saleToken"
       },
       {
        "type": "address",
        "name": "paymentToken"
       },
       {
        "type": "uint256",
        "name": "price"
       },
       {
        "type": "uint256",
        "name": "priceUnit"
       },
       {
        "type": "uint256",
        "name": "softCap"
       },
       {
        "type": "uint256",
        "name": "accountCap"
       },
       {
        "type": "uint256",
        "name": "minimum"
       }
      ]
     },
     {
      "type": "tuple",
      "name": "admission",
      "components": [
       {
        "type": "address",
        "name": "passRegistry"
       },
       {
        "type": "uint256",
        "name": "level"
       },
       {
        "type": "uint256[4]",
        "name": "jurisdictions"
       }
      ]
     },
     {
      "type": "tuple",
      "name": "parties",
      "components": [
       {
        "type": "address",
        "name": "holdingsPublisher"
       },
       {
        "type": "uint256",
        "name": "challengeSeconds"
       },
       {
        "type": "address",
        "name": "proceedsTo"
       },
       {
        "type": "address",
        "name": "unsoldTo"
       },
       {
        "type": "address",
        "name": "feeTo"
       },
       {
        "type": "uint256",
        "name": "feeBps"
       }
      ]
     },
     {
      "type": "tuple",
      "name": "vesting",
      "components": [
       {
        "type": "uint256",
        "name": "start"
       },
       {
        "type": "uint256",
        "name": "unlockBps"
       },
       {
        "type": "uint256",
        "name": "cliffSeconds"
       },
       {
        "type": "uint256",
        "name": "durationSeconds"
       },
       {
        "type": "uint256",
        "name": "stepSeconds"
       }
      ]
     },
     {
      "type": "tuple[]",
      "name": "sessions",
      "components": [
       {
        "type": "uint256",
        "name": "start"
       },
       {
        "type": "uint256",
        "name": "end"
       },
       {
        "type": "uint256",
        "name": "supply"
       },
       {
        "type": "uint256",
        "name": "limit"
       }
      ]
     },
     {
      "type": "tuple[]",
      "name": "tiers",
      "components": [
       {
        "type": "uint256",
        "name": "threshold"
       },
       {
        "type": "uint256",
        "name": "coefficient"
       }
      ]
     },
     {
      "type": "address[]",
      "name": "attesters"
     }
    ]
   },
   {
    "type": "tuple",
    "name": "holdings",
    "components": [
     {
      "type": "uint256",
      "name": "chainId"
     },
     {
      "type": "address",
      "name": "token"
     },
     {
      "type": "uint256",
      "name": "dayCount"
     },
     {
      "type": "uint256",
      "name": "drawTime"
     },
     {
      "type": "uint256",
      "name": "seedChainId"
     },
     {
      "type": "uint256",
      "name": "statistic"
     },
     {
      "type": "tuple[]",
      "name": "minimumTiers",
      "components": [
       {
        "type": "uint256",
        "name": "threshold"
       },
       {
        "type": "uint256",
        "name": "coefficient"
       }
      ]
     },
     {
      "type": "address[]",
      "name": "excluded"
     }
    ]
   },
   {
    "type": "tuple",
    "name": "escrow",
    "components": [
     {
      "type": "uint256",
      "name": "initialBps"
     },
     {
      "type": "uint256",
      "name": "graceSeconds"
     },
     {
      "type": "uint256",
      "name": "objectionSeconds"
     },
     {
      "type": "uint256",
      "name": "objectionBps"
     },
     {
      "type": "uint256",
      "name": "exitSeconds"
     },
     {
      "type": "address",
      "name": "remainderTo"
     },
     {
      "type": "tuple[]",
      "name": "milestones",
      "components": [
       {
        "type": "uint256",
        "name": "shareBps"
       },
       {
        "type": "uint256",
        "name": "deadline"
       },
       {
        "type": "bytes32",
        "name": "descriptionHash"
       }
      ]
     }
    ]
   },
   {
    "type": "tuple[]",
    "name": "allocations",
    "components": [
     {
      "type": "address",
      "name": "beneficiary"
     },
     {
      "type": "uint256",
      "name": "amount"
     },
     {
      "type": "address",
      "name": "revoker"
     },
     {
      "type": "tuple",
      "name": "schedule",
      "components": [
       {
        "type": "uint256",
        "name": "start"
       },
       {
        "type": "uint256",
        "name": "unlockBps"
       },
       {
        "type": "uint256",
        "name": "cliffSeconds"
       },
       {
        "type": "uint256",
        "name": "durationSeconds"
       },
       {
        "type": "uint256",
        "name": "stepSeconds"
       }
      ]
     }
    ]
   }
  ]
 }
] as const;

export const errorsAbi = [
 {
  "type": "error",
  "name": "AllowanceOverflow",
  "inputs": []
 },
 {
  "type": "error",
  "name": "AllowanceUnderflow",
  "inputs": []
 },
 {
  "type": "error",
  "name": "CloneArgumentsTooLong",
  "inputs": []
 },
 {
  "type": "error",
  "name": "Create2EmptyBytecode",
  "inputs": []
 },
 {
  "type": "error",
  "name": "ETHTransferFailed",
  "inputs": []
 },
 {
  "type": "error",
  "name": "FailedDeployment",
  "inputs": []
 },
 {
  "type": "error",
  "name": "InsufficientAllowance",
  "inputs": []
 },
 {
  "type": "error",
  "name": "InsufficientBalance",
  "inputs": []
 },
 {
  "type": "error",
  "name": "InvalidPermit",
  "inputs": []
 },
 {
  "type": "error",
  "name": "InvalidShortString",
  "inputs": []
 },
 {
  "type": "error",
  "name": "Launchpad_FundingShort",
  "inputs": [
   {
    "type": "uint256",
    "name": "received"
   },
   {
    "type": "uint256",
    "name": "due"
   }
  ]
 },
 {
  "type": "error",
  "name": "Launchpad_Misconfigured",
  "inputs": [
   {
    "type": "address",
    "name": "part"
   }
  ]
 },
 {
  "type": "error",
  "name": "Launchpad_TooLate",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "drawTime"
   }
  ]
 },
 {
  "type": "error",
  "name": "PassRegistry_Expired",
  "inputs": [
   {
    "type": "uint256",
    "name": "expiresAt"
   },
   {
    "type": "uint256",
    "name": "timestamp"
   }
  ]
 },
 {
  "type": "error",
  "name": "PassRegistry_IdentityTaken",
  "inputs": [
   {
    "type": "bytes32",
    "name": "identity"
   },
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "PassRegistry_IdentityZero",
  "inputs": []
 },
 {
  "type": "error",
  "name": "PassRegistry_IssuedInFuture",
  "inputs": [
   {
    "type": "uint256",
    "name": "issuedAt"
   },
   {
    "type": "uint256",
    "name": "timestamp"
   }
  ]
 },
 {
  "type": "error",
  "name": "PassRegistry_JurisdictionUnknown",
  "inputs": [
   {
    "type": "uint256",
    "name": "jurisdiction"
   }
  ]
 },
 {
  "type": "error",
  "name": "PassRegistry_LevelZero",
  "inputs": []
 },
 {
  "type": "error",
  "name": "PassRegistry_NotTheAccount",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "PassRegistry_SignatureInvalid",
  "inputs": [
   {
    "type": "address",
    "name": "attester"
   }
  ]
 },
 {
  "type": "error",
  "name": "PassRegistry_Superseded",
  "inputs": [
   {
    "type": "uint256",
    "name": "issuedAt"
   },
   {
    "type": "uint256",
    "name": "notBefore"
   }
  ]
 },
 {
  "type": "error",
  "name": "Permit2AllowanceIsFixedAtInfinity",
  "inputs": []
 },
 {
  "type": "error",
  "name": "PermitExpired",
  "inputs": []
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_AlreadyAttested",
  "inputs": [
   {
    "type": "uint256",
    "name": "milestone"
   },
   {
    "type": "uint256",
    "name": "attestedAt"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_AlreadyDelisted",
  "inputs": []
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_AlreadyObjected",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_AlreadyShared",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_ImplementationLocked",
  "inputs": []
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_NoWeight",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_NotAttested",
  "inputs": [
   {
    "type": "uint256",
    "name": "milestone"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_NotCurrent",
  "inputs": [
   {
    "type": "uint256",
    "name": "milestone"
   },
   {
    "type": "uint256",
    "name": "current"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_NotDelisted",
  "inputs": []
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_NothingToCollect",
  "inputs": []
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_OnlyReview",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "review"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_OnlySale",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "sale"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_RecipientInvalid",
  "inputs": [
   {
    "type": "address",
    "name": "to"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProceedsEscrow_WrongStatus",
  "inputs": [
   {
    "type": "uint8",
    "name": "actual"
   },
   {
    "type": "uint8",
    "name": "required"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_AccountInvalid",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_AlreadyRevealed",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   },
   {
    "type": "address",
    "name": "reviewer"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_AlreadyReviewer",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_AlreadyVoted",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   },
   {
    "type": "address",
    "name": "reviewer"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_BondShort",
  "inputs": [
   {
    "type": "uint256",
    "name": "received"
   },
   {
    "type": "uint256",
    "name": "bond"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_ChallengeUndecided",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "firstStart"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_CommitClosed",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "end"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_CommitmentWrong",
  "inputs": [
   {
    "type": "bytes32",
    "name": "given"
   },
   {
    "type": "bytes32",
    "name": "committed"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_DecisionTooLate",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "firstStart"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_HashZero",
  "inputs": []
 },
 {
  "type": "error",
  "name": "ProjectReview_NotAppointed",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_NotChallenged",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_NotDue",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   },
   {
    "type": "uint256",
    "name": "milestone"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_NothingToReturn",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_NoticeRunning",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "acceptableFrom"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_OnlyApplicant",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "applicant"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_OnlyChair",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "chair"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_OnlyLaunchpad",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "launchpad"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_OnlyNominee",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "nominee"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_OnlyReviewer",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_Recused",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   },
   {
    "type": "address",
    "name": "reviewer"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_RevealClosed",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "end"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_RevealNotOpen",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "start"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_RevealOpen",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "end"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_RootDiffers",
  "inputs": [
   {
    "type": "bytes32",
    "name": "given"
   },
   {
    "type": "bytes32",
    "name": "posted"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_RulesInvalid",
  "inputs": [
   {
    "type": "bytes32",
    "name": "field"
   },
   {
    "type": "uint256",
    "name": "given"
   },
   {
    "type": "uint256",
    "name": "bound"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_SaleOver",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_ScoreTooHigh",
  "inputs": [
   {
    "type": "uint256",
    "name": "criterion"
   },
   {
    "type": "uint256",
    "name": "score"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_TermsDiffer",
  "inputs": [
   {
    "type": "bytes32",
    "name": "given"
   },
   {
    "type": "bytes32",
    "name": "approved"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_TooManyReviewers",
  "inputs": [
   {
    "type": "uint256",
    "name": "count"
   },
   {
    "type": "uint256",
    "name": "most"
   }
  ]
 },
 {
  "type": "error",
  "name": "ProjectReview_WrongStatus",
  "inputs": [
   {
    "type": "uint256",
    "name": "id"
   },
   {
    "type": "uint8",
    "name": "actual"
   },
   {
    "type": "uint8",
    "name": "required"
   }
  ]
 },
 {
  "type": "error",
  "name": "StringTooLong",
  "inputs": [
   {
    "type": "string",
    "name": "str"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_BelowMinimum",
  "inputs": [
   {
    "type": "uint256",
    "name": "subscribed"
   },
   {
    "type": "uint256",
    "name": "minimum"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_CapExceeded",
  "inputs": [
   {
    "type": "uint256",
    "name": "requested"
   },
   {
    "type": "uint256",
    "name": "remaining"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_ChallengeTooLate",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "end"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_Challenged",
  "inputs": [
   {
    "type": "bytes32",
    "name": "root"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_ClaimOpen",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_Closed",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "end"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_DecisionTooLate",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "firstStart"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_DemandTooLarge",
  "inputs": [
   {
    "type": "uint256",
    "name": "requested"
   },
   {
    "type": "uint256",
    "name": "remaining"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_EarlierSessionUnsettled",
  "inputs": [
   {
    "type": "uint256",
    "name": "session"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_HoldingTooLow",
  "inputs": [
   {
    "type": "uint256",
    "name": "holding"
   },
   {
    "type": "uint256",
    "name": "threshold"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_HoldingsFinal",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "end"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_HoldingsMissing",
  "inputs": []
 },
 {
  "type": "error",
  "name": "SubscriptionSale_HoldingsTooEarly",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "drawTime"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_HoldingsTooLate",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "latest"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_JurisdictionNotAdmitted",
  "inputs": [
   {
    "type": "uint256",
    "name": "jurisdiction"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_LimitReached",
  "inputs": [
   {
    "type": "uint256",
    "name": "requested"
   },
   {
    "type": "uint256",
    "name": "limit"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_MayStillOpen",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "firstStart"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NoPass",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NotAscending",
  "inputs": [
   {
    "type": "address",
    "name": "previous"
   },
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NotChallenged",
  "inputs": []
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NotListed",
  "inputs": []
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NotOpen",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "start"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NothingSubscribed",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NothingToClaim",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NothingToCollect",
  "inputs": []
 },
 {
  "type": "error",
  "name": "SubscriptionSale_NothingToReturn",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_OnlyEscrow",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "escrow"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_OnlyGuardian",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "guardian"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_OnlyPublisher",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "publisher"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_OnlyReview",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "review"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_PassLevelTooLow",
  "inputs": [
   {
    "type": "uint256",
    "name": "level"
   },
   {
    "type": "uint256",
    "name": "required"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_Paused",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "until"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_PausedBefore",
  "inputs": [
   {
    "type": "uint256",
    "name": "until"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_PaymentShort",
  "inputs": [
   {
    "type": "uint256",
    "name": "received"
   },
   {
    "type": "uint256",
    "name": "due"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_PermitNeedsToken",
  "inputs": []
 },
 {
  "type": "error",
  "name": "SubscriptionSale_ProofInvalid",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   },
   {
    "type": "uint256",
    "name": "holding"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_RecipientInvalid",
  "inputs": [
   {
    "type": "address",
    "name": "to"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_SessionRunning",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "end"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_SettlementTooLate",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "deadline"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_SignatureExpired",
  "inputs": [
   {
    "type": "uint256",
    "name": "timestamp"
   },
   {
    "type": "uint256",
    "name": "deadline"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_SignatureInvalid",
  "inputs": [
   {
    "type": "address",
    "name": "account"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_WrongStatus",
  "inputs": [
   {
    "type": "uint8",
    "name": "actual"
   },
   {
    "type": "uint8",
    "name": "required"
   }
  ]
 },
 {
  "type": "error",
  "name": "SubscriptionSale_WrongValue",
  "inputs": [
   {
    "type": "uint256",
    "name": "sent"
   },
   {
    "type": "uint256",
    "name": "due"
   }
  ]
 },
 {
  "type": "error",
  "name": "TermsRules_Invalid",
  "inputs": [
   {
    "type": "bytes32",
    "name": "field"
   },
   {
    "type": "uint256",
    "name": "given"
   },
   {
    "type": "uint256",
    "name": "bound"
   }
  ]
 },
 {
  "type": "error",
  "name": "TotalSupplyOverflow",
  "inputs": []
 },
 {
  "type": "error",
  "name": "TransferFailed",
  "inputs": []
 },
 {
  "type": "error",
  "name": "TransferFromFailed",
  "inputs": []
 },
 {
  "type": "error",
  "name": "VestingVault_AlreadyRevoked",
  "inputs": [
   {
    "type": "bytes32",
    "name": "id"
   },
   {
    "type": "uint256",
    "name": "revokedAt"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_BeneficiaryInvalid",
  "inputs": [
   {
    "type": "address",
    "name": "to"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_CreatedMeanwhile",
  "inputs": [
   {
    "type": "uint256",
    "name": "grantCount"
   },
   {
    "type": "uint256",
    "name": "expected"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_FundingShort",
  "inputs": [
   {
    "type": "uint256",
    "name": "received"
   },
   {
    "type": "uint256",
    "name": "due"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_NoSuchGrant",
  "inputs": [
   {
    "type": "bytes32",
    "name": "id"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_NothingToRelease",
  "inputs": [
   {
    "type": "bytes32",
    "name": "id"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_OnlyBeneficiary",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "beneficiary"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_OnlyLaunchpad",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "launchpad"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_OnlyRevoker",
  "inputs": [
   {
    "type": "address",
    "name": "caller"
   },
   {
    "type": "address",
    "name": "revoker"
   }
  ]
 },
 {
  "type": "error",
  "name": "VestingVault_PlanInvalid",
  "inputs": [
   {
    "type": "bytes32",
    "name": "field"
   },
   {
    "type": "uint256",
    "name": "given"
   },
   {
    "type": "uint256",
    "name": "bound"
   }
  ]
 }
] as const;
