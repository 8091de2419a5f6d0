// The errors of the contracts: which need a sentence of their own in each language, and which share one.

import type { errorsAbi } from "../abi";

export type ErrorName = (typeof errorsAbi)[number]["name"];

/** Of what participants do not do. */
const NOT_YOURS = [
  "SubscriptionSale_ChallengeTooLate",
  "SubscriptionSale_ClaimOpen",
  "SubscriptionSale_DecisionTooLate",
  "SubscriptionSale_HoldingsFinal",
  "SubscriptionSale_HoldingsTooEarly",
  "SubscriptionSale_HoldingsTooLate",
  "SubscriptionSale_NotAscending",
  "SubscriptionSale_NotChallenged",
  "SubscriptionSale_NothingToCollect",
  "SubscriptionSale_OnlyEscrow",
  "SubscriptionSale_OnlyGuardian",
  "SubscriptionSale_OnlyPublisher",
  "SubscriptionSale_OnlyReview",
  "SubscriptionSale_PausedBefore",
  "ProceedsEscrow_AlreadyAttested",
  "ProceedsEscrow_AlreadyDelisted",
  "ProceedsEscrow_NotCurrent",
  "ProceedsEscrow_OnlyReview",
  "ProceedsEscrow_OnlySale",
  "Launchpad_FundingShort",
  "Launchpad_Misconfigured",
  "Launchpad_TooLate",
  "ProjectReview_AccountInvalid",
  "ProjectReview_AlreadyRevealed",
  "ProjectReview_AlreadyReviewer",
  "ProjectReview_AlreadyVoted",
  "ProjectReview_BondShort",
  "ProjectReview_ChallengeUndecided",
  "ProjectReview_CommitClosed",
  "ProjectReview_CommitmentWrong",
  "ProjectReview_DecisionTooLate",
  "ProjectReview_HashZero",
  "ProjectReview_NotAppointed",
  "ProjectReview_NotChallenged",
  "ProjectReview_NotDue",
  "ProjectReview_NothingToReturn",
  "ProjectReview_NoticeRunning",
  "ProjectReview_OnlyApplicant",
  "ProjectReview_OnlyChair",
  "ProjectReview_OnlyLaunchpad",
  "ProjectReview_OnlyNominee",
  "ProjectReview_OnlyReviewer",
  "ProjectReview_Recused",
  "ProjectReview_RevealClosed",
  "ProjectReview_RevealNotOpen",
  "ProjectReview_RevealOpen",
  "ProjectReview_RootDiffers",
  "ProjectReview_RulesInvalid",
  "ProjectReview_SaleOver",
  "ProjectReview_ScoreTooHigh",
  "ProjectReview_TermsDiffer",
  "ProjectReview_TooManyReviewers",
  "ProjectReview_WrongStatus",
  "TermsRules_Invalid",
  "VestingVault_AlreadyRevoked",
  "VestingVault_BeneficiaryInvalid",
  "VestingVault_CreatedMeanwhile",
  "VestingVault_FundingShort",
  "VestingVault_NoSuchGrant",
  "VestingVault_NothingToRelease",
  "VestingVault_OnlyBeneficiary",
  "VestingVault_OnlyLaunchpad",
  "VestingVault_OnlyRevoker",
  "VestingVault_PlanInvalid",
] as const satisfies readonly ErrorName[];

/** That nothing a participant does can bring about. */
const INTERNAL = [
  "AllowanceOverflow",
  "AllowanceUnderflow",
  "CloneArgumentsTooLong",
  "Create2EmptyBytecode",
  "FailedDeployment",
  "InvalidShortString",
  "Permit2AllowanceIsFixedAtInfinity",
  "StringTooLong",
  "TotalSupplyOverflow",
  "SubscriptionSale_NotListed",
  "ProceedsEscrow_ImplementationLocked",
  "PassRegistry_IdentityZero",
  "PassRegistry_JurisdictionUnknown",
  "PassRegistry_LevelZero",
] as const satisfies readonly ErrorName[];

/** How an argument of an error is written: as tokens, payment, a time, or as it is. */
export interface Figures {
  readonly tokens: (value: unknown) => string;
  readonly paid: (value: unknown) => string;
  readonly held: (value: unknown) => string;
  readonly time: (value: unknown) => string;
  readonly plain: (value: unknown) => string;
}

export type Sentence = (args: readonly unknown[], figures: Figures) => string;

/** Complete only with a sentence for every error that is not in one of the lists. */
export type Sentences = Readonly<
  Record<Exclude<ErrorName, (typeof NOT_YOURS)[number] | (typeof INTERNAL)[number]>, Sentence>
>;

export interface ErrorTexts {
  readonly unknown: string;
  readonly notYours: string;
  readonly internal: string;
  readonly sentences: Sentences;
}

/** What an error says to a participant, and what to do. */
export function sentenceOf(texts: ErrorTexts, error: string, args: readonly unknown[], figures: Figures): string {
  const own = Object.entries(texts.sentences).find(([name]) => name === error)?.[1];
  if (own !== undefined) return own(args, figures);
  if ((NOT_YOURS as readonly string[]).includes(error)) return texts.notYours;
  return (INTERNAL as readonly string[]).includes(error) ? texts.internal : texts.unknown;
}
