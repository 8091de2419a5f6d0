// Fields that several parts of the page have.

import { html, type TemplateResult } from "lit-html";

/** A file that the page reads, and sends to nobody; the same one can be given again. */
export function fileField(id: string, label: string, kinds: string, given: (file: File) => void): TemplateResult {
  return html`<p class="file">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      type="file"
      accept=${kinds}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const [file] = input.files ?? [];
        if (file !== undefined) given(file);
        input.value = "";
      }}
    />
  </p>`;
}
