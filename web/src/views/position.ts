// What an account has in the sale, how its tokens become free, and how it takes what is its own.

import { getAddress, isAddress } from "viem";
import { html, nothing, svg, type TemplateResult } from "lit-html";
import { abandon, claim, refund, settle } from "../actions";
import { allotmentDown, settle as outcomeOf } from "../allotment";
import type { App } from "../app";
import type { Writer } from "../figures";
import type { Phase } from "../phase";
import { CLAIMED, EXITED, FAILED, NONE, SUBSCRIBED, SUCCEEDED, type AccountNow } from "../standing";
import { nextMoment, vestedDown } from "../vesting";

export function positionView(app: App, writer: Writer, phase: Phase): TemplateResult | typeof nothing {
  const { t } = writer;
  const { own } = app;
  const duty = dutyView(app, writer, phase);
  if (own === null) return duty;
  if (own.position.stage === NONE) {
    return html`${duty}
      <section aria-labelledby="position">
        <h2 id="position">${t.position.heading}</h2>
        <p>${t.position.nothing}</p>
      </section>`;
  }
  return html`${duty}
    <section aria-labelledby="position">
      <h2 id="position">${t.position.heading}</h2>
      ${figures(app, own, writer)} ${curve(app, own, writer)} ${claims(app, own, writer)}
    </section>`;
}

function figures(app: App, own: AccountNow, writer: Writer): TemplateResult {
  const { t } = writer;
  const now = app.now!, { position } = own;
  const isWaiting = position.stage === SUBSCRIBED && position.session >= now.settled && now.status !== FAILED;
  return html`<dl class="facts" id="figures">
    <dt>${t.account.shown}</dt>
    <dd id="stage">${t.position.stages[position.stage]}</dd>
    ${isWaiting
      ? html`<dt>${t.position.asked}</dt>
          <dd id="asked">${writer.tokens(position.amount)}</dd>
          <dt>${t.position.present}</dt>
          <dd id="present">${writer.tokens(position.allotted + present(app, own))}</dd>`
      : html`<dt>${t.position.allotted}</dt><dd id="allotted">${writer.tokens(own.allotment)}</dd>`}
    <dt>${t.position.deposit}</dt>
    <dd id="deposit">${writer.paid(own.deposit)}</dd>
    ${position.stage === CLAIMED || position.stage === EXITED
      ? html`<dt>${t.position.released}</dt><dd id="released">${writer.tokens(position.amount)}</dd>`
      : nothing}
    ${now.status === SUCCEEDED && position.stage !== EXITED
      ? html`<dt>${t.position.claimable}</dt><dd id="claimable">${writer.tokens(own.claimable.tokens)}</dd>`
      : nothing}
    ${own.claimable.refund > 0n
      ? html`<dt>${t.position.refundable}</dt><dd id="refundable">${writer.paid(own.claimable.refund)}</dd>`
      : nothing}
  </dl>`;
}

/** Of the session that is not settled, if it ended now. */
function present(app: App, own: AccountNow): bigint {
  const { session, amount, coefficient } = own.position;
  const { supply } = app.sale!.terms.sale.sessions[session]!;
  return allotmentDown(amount, BigInt(coefficient), outcomeOf(supply, app.now!.demands[session]!));
}

const WIDTH = 320, HEIGHT = 96;

function curve(app: App, own: AccountNow, writer: Writer): TemplateResult | typeof nothing {
  const { t } = writer;
  const { vesting } = app.sale!.terms.sale;
  const total = own.allotment;
  if (app.now!.status !== SUCCEEDED || total === 0n || own.position.stage === EXITED) return nothing;
  const time = BigInt(app.now!.block.time);
  const next = nextMoment(vesting, time);
  const words = t.position.curveSays(writer.tokens(vestedDown(total, vesting, time)), writer.tokens(total));
  const more = next === null || (vesting.stepSeconds === 0n && next === time + 1n) ? "" : " " + t.position.nextFree(writer.time(next));
  if (vesting.durationSeconds === 0n) return html`<p id="free">${words}${more}</p>`;
  const at = (place: number) => vesting.start + (vesting.durationSeconds * BigInt(place)) / BigInt(WIDTH);
  const y = (amount: bigint) => HEIGHT - Number((amount * BigInt(HEIGHT)) / total);
  const line = Array.from({ length: WIDTH + 1 }, (_, place) => `${place},${y(vestedDown(total, vesting, at(place)))}`);
  const gone = Number(((time - vesting.start) * BigInt(WIDTH)) / vesting.durationSeconds);
  const x = Math.min(WIDTH, Math.max(0, gone));
  return html`<h3>${t.position.curve}</h3>
    <p id="free">${words}${more}</p>
    <figure>
      <svg viewBox="-6 -6 ${WIDTH + 12} ${HEIGHT + 12}" role="img" aria-label=${words}>
        ${svg`<polygon class="area" points="0,${HEIGHT} ${line.join(" ")} ${WIDTH},${HEIGHT}" />
        <polyline class="line" points=${line.join(" ")} />
        <circle class="dot" cx=${x} cy=${y(vestedDown(total, vesting, time))} r="5" />`}
      </svg>
      <figcaption>${writer.time(vesting.start)} – ${writer.time(vesting.start + vesting.durationSeconds)}</figcaption>
    </figure>`;
}

function claims(app: App, own: AccountNow, writer: Writer): TemplateResult | typeof nothing {
  const { t } = writer;
  const sale = app.sale!, { status } = app.now!;
  const { tokens, refund: back } = own.claimable;
  if (status !== SUCCEEDED && status !== FAILED) return nothing;
  const isFirst = own.position.stage === SUBSCRIBED;
  const isThere = status === FAILED ? back > 0n : tokens > 0n || isFirst;
  if (!isThere) return own.position.stage === CLAIMED ? html`<p id="nothing">${t.claim.nothing}</p>` : nothing;
  const action = status === FAILED ? refund(sale, own.account) : claim(sale, own.account);
  const kind = status === FAILED ? "refundTo" : "claimTo";
  const to = app.otherText.trim();
  const isGood = isAddress(to, { strict: false });
  return html`<h3>${t.claim.heading}</h3>
    <p class="buttons">
      <button type="button" class="primary" id="claim" ?disabled=${!app.canSend} @click=${() => void app.prepare(action)}>
        ${status === FAILED ? t.claim.goRefund : t.claim.go}
      </button>
    </p>
    <details>
      <summary>${t.claim.other}</summary>
      <p>${t.claim.otherWhy}</p>
      <form
        class="row"
        @submit=${(event: Event) => {
          event.preventDefault();
          if (isGood) void app.payOther(kind, getAddress(to));
        }}
      >
        <label for="other">${t.claim.otherLabel}</label>
        <input
          id="other"
          autocomplete="off"
          spellcheck="false"
          placeholder="0x…"
          .value=${app.otherText}
          @input=${(event: Event) => {
            app.otherText = (event.target as HTMLInputElement).value;
            app.dismiss();
          }}
        />
        <button type="submit" ?disabled=${!app.canSend || !isGood}>${t.claim.goOther}</button>
        <p class="bad">${to !== "" && !isGood ? t.account.lookBad : nothing}</p>
      </form>
    </details>`;
}

/** What anybody can do for the sale to go on. */
function dutyView(app: App, { t }: Writer, phase: Phase): TemplateResult | typeof nothing {
  const account = app.connection?.account ?? null;
  if (account === null) return nothing;
  const sale = app.sale!;
  const isLost =
    (phase.name === "noHoldings" || phase.name === "challenged") && BigInt(app.time) >= app.now!.opening.startsAt;
  if (!isLost && phase.name !== "unsettled") return nothing;
  const [words, why, action] = isLost
    ? [t.claim.abandon, t.claim.abandonWhy, abandon(sale, account)]
    : [t.claim.settle, t.claim.settleWhy, settle(sale, account)];
  return html`<section>
    <p>${why}</p>
    <p class="buttons">
      <button type="button" class="primary" id="duty" ?disabled=${!app.canSend} @click=${() => void app.prepare(action)}>
        ${words}
      </button>
    </p>
  </section>`;
}
