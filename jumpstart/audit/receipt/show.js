
// ------------------------------------------------------------------------------------------------ on the page

{
  const [verdict, explanation] = ["verdict", "explanation"].map((name) => document.getElementById(name));
  try {
    const { block, blockHash } = verify(JSON.parse(document.getElementById("receipt").textContent));
    verdict.textContent = "Checked just now, in this browser: every figure follows from the proofs.";
    verdict.className = "yes";
    explanation.textContent =
      `They prove what is so at block ${block}, if its hash is ${blockHash}: compare it with any explorer of the chain.`;
  } catch (error) {
    verdict.textContent = "This receipt does not prove what it says. Do not rely on it.";
    verdict.className = "no";
    explanation.textContent = error.message;
  }
}
