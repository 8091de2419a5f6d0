// Subscribing: an amount, what would come of it at worst and at best, and the way to do it.

import { html, nothing, type TemplateResult } from "lit-html";
import { approve } from "../actions";
import { preview } from "../allotment";
import { mulDivDown, parsed } from "../amounts";
import type { App } from "../app";
import type { Writer } from "../figures";
import type { Phase } from "../phase";
import { costUp, isNative } from "../sale";
import { admission, NONE, SUBSCRIBED, tierOf, type AccountNow } from "../standing";
import { vestingWords } from "./terms";

/** What has been typed comes to; `bad` says why it cannot be subscribed. */
interface Quote {
  readonly amount: bigint;
  readonly due: bigint;
  readonly surplus: bigint;
  readonly accepted: bigint;
  readonly best: bigint;
  readonly worst: bigint;
  readonly hasLimit: boolean;
  readonly bad: string | null;
}

export function subscribeView(app: App, writer: Writer, phase: Phase): TemplateResult | typeof nothing {
  const { t } = writer;
  const { own } = app;
  if (own === null || phase.name !== "open" || !mayTakePart(app, own)) return nothing;
  const quote = quoteOf(app, own, writer, phase.session);
  const symbol = app.isMoney ? app.sale!.paid.symbol : app.sale!.sold.symbol;
  return html`<section aria-labelledby="subscribe">
    <h2 id="subscribe">${t.subscribe.heading}</h2>
    <form class="stacked" @submit=${(event: Event) => event.preventDefault()}>
      <fieldset>
        <legend>${t.subscribe.unit}</legend>
        ${[false, true].map(
          (isMoney) => html`<label class="choice">
            <input
              type="radio"
              name="unit"
              .checked=${app.isMoney === isMoney}
              @change=${() => app.count(isMoney)}
            />${isMoney ? t.subscribe.inPaid : t.subscribe.inTokens}</label>`,
        )}
      </fieldset>
      <label for="amount">${app.isMoney ? t.subscribe.amountPaid(symbol) : t.subscribe.amountTokens(symbol)}</label>
      <input
        id="amount"
        inputmode="decimal"
        autocomplete="off"
        .value=${app.amountText}
        aria-invalid=${quote?.bad ? "true" : "false"}
        aria-describedby="amount-bad quote"
        @input=${(event: Event) => {
          app.amountText = (event.target as HTMLInputElement).value;
          app.dismiss();
        }}
      />
      <p class="bad" id="amount-bad">${quote?.bad ?? nothing}</p>
      <div id="quote">${quote === null || quote.amount === 0n ? nothing : quoteView(app, writer, quote)}</div>
      ${buttons(app, own, writer, quote)}
    </form>
  </section>`;
}

function mayTakePart(app: App, own: AccountNow): boolean {
  if (own.position.stage === SUBSCRIBED) return true;
  if (own.position.stage !== NONE || app.shown.state !== "found") return false;
  return (
    admission(app.sale!, own.passes, app.time) === "counts" && tierOf(app.sale!, app.shown.proof.holding) !== null
  );
}

function quoteOf(app: App, own: AccountNow, writer: Writer, session: number): Quote | null {
  const { t } = writer;
  const sale = app.sale!, now = app.now!;
  if (app.amountText.trim() === "") return null;
  const token = app.isMoney ? sale.paid : sale.sold;
  const given = parsed(app.amountText, token.decimals);
  const empty = { amount: 0n, due: 0n, surplus: 0n, accepted: 0n, best: 0n, worst: 0n, hasLimit: false };
  if (given === null) return { ...empty, bad: t.subscribe.bad(token.decimals) };
  const { deal, sessions } = sale.terms.sale;
  const amount = app.isMoney ? mulDivDown(given, deal.priceUnit, deal.price) : given;
  const { position } = own;
  const isHere = position.stage === SUBSCRIBED && position.session === session;
  const has = isHere ? position.amount : 0n;
  // What earlier sessions have not allotted is credited: `allotment` has what they have.
  const kept = isHere ? position.allotted : own.allotment;
  const coefficient =
    position.stage === NONE && app.shown.state === "found"
      ? tierOf(sale, app.shown.proof.holding)!.coefficient
      : BigInt(position.coefficient);
  const found = preview(sessions[session]!, now.demands[session]!, { coefficient, has }, amount);
  const cost = costUp(sale, kept + has + found.accepted) - own.deposit;
  const due = cost > 0n ? cost : 0n, surplus = cost < 0n ? -cost : 0n;
  const room = (deal.accountCap === 0n ? (1n << 104n) - 1n : deal.accountCap) - kept - has;
  const bad =
    amount > room
      ? t.subscribe.aboveCap(writer.tokens(room > 0n ? room : 0n))
      : amount === 0n || has + amount < deal.minimum
        ? t.subscribe.belowMinimum(writer.tokens(deal.minimum))
        : due > own.balance
          ? t.subscribe.tooDear(writer.paid(own.balance))
          : null;
  const hasLimit = sessions[session]!.limit > 0n;
  return { amount, due, surplus, accepted: found.accepted, best: found.best, worst: found.worst, hasLimit, bad };
}

function quoteView(app: App, writer: Writer, quote: Quote): TemplateResult {
  const { t } = writer;
  const { vesting, settleDeadline } = app.sale!.terms.sale;
  return html`<dl class="facts">
      <dt>${t.subscribe.accepted}</dt>
      <dd id="accepted">${writer.tokens(quote.accepted)}</dd>
      ${quote.surplus > 0n
        ? html`<dt>${t.subscribe.paysBack}</dt><dd id="surplus">${writer.paid(quote.surplus)}</dd>`
        : html`<dt>${t.subscribe.pays}</dt><dd id="due"><strong>${writer.paid(quote.due)}</strong></dd>`}
      <dt>${t.subscribe.best}</dt>
      <dd><span id="best">${writer.tokens(quote.best)}</span><br /><span class="soft">${t.subscribe.bestWhy}</span></dd>
      <dt>${t.subscribe.worst}</dt>
      <dd>
        ${quote.hasLimit
          ? html`<span id="worst">${writer.tokens(quote.worst)}</span><br /><span class="soft">${t.subscribe.worstWhy}</span>`
          : t.subscribe.worstNone}
      </dd>
    </dl>
    <p>${t.subscribe.refund} ${t.subscribe.locked(writer.time(settleDeadline))} ${t.subscribe.vests(vestingWords(writer, vesting))}</p>`;
}

function buttons(app: App, own: AccountNow, writer: Writer, quote: Quote | null): TemplateResult {
  const { t } = writer;
  const sale = app.sale!;
  const isReady = quote !== null && quote.bad === null && app.canSend;
  const { amount, due, accepted } = quote ?? { amount: 0n, due: 0n, accepted: 0n };
  const isAllowed = isNative(sale) || due <= own.allowance;
  const isAtOnce = !isAllowed && app.connection?.isAtomic === true;
  const go = (withPermit: boolean) => () => void app.subscribe(amount, due, withPermit);
  const allow = (value: bigint) => () => void app.prepare(approve(sale, own.account, value));
  const button = (id: string, words: string, isOn: boolean, act: () => void, isPrimary = false) =>
    html`<button type="button" id=${id} class=${isPrimary ? "primary" : ""} ?disabled=${!isOn} @click=${act}>${words}</button>`;
  if (isAllowed) return html`<p class="buttons">${button("subscribe-go", t.subscribe.go, isReady, go(false), true)}</p>`;
  return html`<p class="buttons">
      ${app.domain && !own.isContract ? button("with-permit", t.subscribe.permit, isReady, go(true), true) : nothing}
      ${isAtOnce
        ? button("at-once", t.subscribe.atOnce, isReady, () => void app.subscribeAtOnce(amount, due, accepted), true)
        : html`${button("approve", t.subscribe.approve, isReady, allow(due))}
            ${button("subscribe-go", t.subscribe.goAfter, false, go(false))}`}
    </p>
    ${own.allowance === 0n
      ? nothing
      : html`<p>${t.subscribe.takeBackWhy(writer.paid(own.allowance))}</p>
          <p class="buttons">${button("take-back", t.subscribe.takeBack, app.canSend, allow(0n))}</p>`}`;
}
