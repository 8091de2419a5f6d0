// The terms, in plain words and exact figures.

import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { App } from "../app";
import type { Writer } from "../figures";
import type { Vesting } from "../vesting";

export function termsView(app: App, writer: Writer): TemplateResult {
  const { t } = writer;
  const sale = app.sale!, now = app.now!;
  const { deal, parties, vesting, sessions, tiers, settleDeadline } = sale.terms.sale;
  const supply = sessions.reduce((sum, each) => sum + each.supply, 0n);
  return html`<section aria-labelledby="terms">
    <h2 id="terms">${t.terms.heading}</h2>
    <p>${t.terms.intro}</p>
    <dl class="facts">
      <dt>${t.terms.price}</dt>
      <dd>${t.terms.priceIs(...price(app, writer))}</dd>
      <dt>${t.terms.supply}</dt>
      <dd>${writer.tokens(supply)}</dd>
      <dt>${t.terms.softCap}</dt>
      <dd>${deal.softCap === 0n ? t.none : t.terms.softCapIs(writer.paid(deal.softCap))}</dd>
      <dt>${t.terms.minimum}</dt>
      <dd>${writer.tokens(deal.minimum)}</dd>
      <dt>${t.terms.cap}</dt>
      <dd>${deal.accountCap === 0n ? t.none : writer.tokens(deal.accountCap)}</dd>
      <dt>${t.terms.fee}</dt>
      <dd>${writer.share(parties.feeBps)}</dd>
      <dt>${t.terms.vesting}</dt>
      <dd>${vestingWords(writer, vesting)}</dd>
      <dt>${t.terms.settle}</dt>
      <dd>${writer.time(settleDeadline)}</dd>
      <dt>${t.terms.hash}</dt>
      <dd><code>${sale.termsHash}</code></dd>
    </dl>
    ${table(
      t.terms.sessions,
      t.terms.sessionHeads,
      sessions.map((each, place) => [
        String(place + 1),
        writer.time(each.start),
        writer.time(each.end),
        writer.tokens(each.supply),
        each.limit === 0n ? t.terms.noLimit : writer.tokens(each.limit),
        writer.tokens(now.demands[place]!.reduce((sum, row) => sum + row.subscribed, 0n)),
      ]),
    )}
    <h3>${t.terms.tiers}</h3>
    <p>${t.terms.tiersIntro}</p>
    ${table(
      t.terms.tiers,
      t.terms.tierHeads,
      tiers.map((each, place) => {
        const rows = now.demands.map((session) => session[place]!);
        return [
          writer.held(each.threshold),
          each.coefficient.toString(),
          rows.reduce((sum, row) => sum + row.accounts, 0).toLocaleString(t.locale),
          writer.tokens(rows.reduce((sum, row) => sum + row.subscribed, 0n)),
        ];
      }),
    )}
    ${milestones(app, writer)} ${scorecard(app, writer)}
    <h3>${t.terms.powers}</h3>
    <ul>
      ${t.terms.powersAre.map((each) => html`<li>${each}</li>`)}
    </ul>
  </section>`;
}

/** Of one whole token where that can be written exactly, else as the terms have it. */
function price(app: App, writer: Writer): [string, string] {
  const { deal } = app.sale!.terms.sale;
  const whole = 10n ** BigInt(app.sale!.sold.decimals);
  const isExact = (deal.price * whole) % deal.priceUnit === 0n;
  return isExact
    ? [writer.paid((deal.price * whole) / deal.priceUnit), writer.tokens(whole)]
    : [writer.paid(deal.price), writer.tokens(deal.priceUnit)];
}

/** What the reviewers said of the project, beside what an approval asks for. */
function scorecard(app: App, writer: Writer): TemplateResult {
  const { t } = writer;
  const { medians, floors, weights, total, bar } = app.sale!.scorecard;
  return html`<h3>${t.terms.scorecard}</h3>
    <p id="scorecard">${t.terms.scorecardIs(writer.points(total), writer.points(bar))}</p>
    ${table(
      t.terms.scorecard,
      t.terms.scoreHeads,
      medians.map((each, place) => [
        t.terms.criteria[place] ?? String(place + 1),
        String(each),
        String(floors[place]),
        writer.share(weights[place]!),
      ]),
    )}`;
}

function milestones(app: App, writer: Writer): TemplateResult | typeof nothing {
  const { t } = writer;
  const { initialBps, milestones: rows } = app.sale!.terms.escrow;
  if (rows.length === 0) return nothing;
  return html`<h3>${t.terms.milestones}</h3>
    <p>${t.terms.milestonesIntro(writer.share(initialBps))}</p>
    ${table(
      t.terms.milestones,
      t.terms.milestoneHeads,
      rows.map((each, place) => [
        String(place + 1),
        writer.share(each.shareBps),
        writer.time(each.deadline),
        html`<code>${each.descriptionHash.slice(2)}</code>`,
      ]),
    )}`;
}

export function vestingWords(writer: Writer, vesting: Vesting): string {
  const { terms } = writer.t;
  const { start, unlockBps, cliffSeconds, durationSeconds, stepSeconds } = vesting;
  if (durationSeconds === 0n || unlockBps === 10_000n) return terms.vestingAll(writer.time(start));
  const words = terms.vestingIs(writer.share(unlockBps), writer.time(start), writer.time(start + durationSeconds));
  const cliff = cliffSeconds === 0n ? "" : terms.vestingCliff(writer.time(start + cliffSeconds));
  const steps = stepSeconds <= 1n ? "" : terms.vestingSteps(terms.seconds(Number(stepSeconds)));
  return words + cliff + steps;
}

type Cell = string | TemplateResult;

/** On narrow screens each row is a card, so that nothing has to be moved sideways. */
function table(caption: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): TemplateResult {
  return html`<div class="scroll">
    <table class="cards">
      <caption>${caption}</caption>
      <thead>
        <tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
      </thead>
      <tbody>
        ${repeat(
          rows,
          (_, place) => place,
          (row) => html`<tr>
            ${row.map((cell, place) =>
              place === 0
                ? html`<th scope="row" data-as=${heads[place]!}>${cell}</th>`
                : html`<td data-as=${heads[place]!}>${cell}</td>`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
