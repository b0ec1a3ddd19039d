"""Writes full-topk.json: float32 next-token distributions along a golden continuation, cut to their 64 best tokens.

    python make_full_topk.py MODEL.gguf full.json full-topk.json

Row i predicts tokenIds[prefix + i] from every token before it (full cache, teacher-forced). The GGUF weights are
dequantized to float32 and transformers runs them, so the rows are a second opinion on full.json, which a hand-written
forward pass made: its losses and logits are compared first, and a difference fails. Needs torch, transformers,
accelerate, gguf.
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
import transformers

KEPT = 64
LOSS_TOLERANCE = 1e-3
LOGIT_TOLERANCE = 1e-3


def round_significant(value: float) -> float:
    return float(f'{value:.6g}')


@torch.no_grad()
def continuation_logits(model_path: Path, token_ids: list[int], prefix: int) -> torch.Tensor:
    """→ logits [len(token_ids) - prefix, vocabSize]; row i stands before token prefix + i."""
    model = transformers.AutoModelForCausalLM.from_pretrained(
        model_path.parent, gguf_file=model_path.name, dtype=torch.float32, attn_implementation='eager'
    ).eval()
    rows = len(token_ids) - prefix + 1
    return model(torch.tensor([token_ids]), logits_to_keep=rows).logits[0, :-1]


def check_against_golden(golden: dict, logits: torch.Tensor, log_probs: torch.Tensor) -> None:
    targets = torch.tensor(golden['tokenIds'][golden['prefix'] :])
    losses = -log_probs.gather(1, targets[:, None])[:, 0]
    loss_difference = (losses - torch.tensor(golden['continuationNll'])).abs().max().item()
    top = golden['lastPrefixLogitsTop10']
    logit_difference = max(abs(logits[0, token].item() - value) for token, value in top)
    print(f'largest difference to golden: loss {loss_difference:.2g}, top-10 logits {logit_difference:.2g}')
    assert loss_difference < LOSS_TOLERANCE and logit_difference < LOGIT_TOLERANCE
    assert logits[0].topk(len(top)).indices.tolist() == [token for token, _ in top]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ('model', 'golden', 'output'):
        parser.add_argument(name, type=Path)
    paths = parser.parse_args()
    golden = json.loads(paths.golden.read_text())
    logits = continuation_logits(paths.model, golden['tokenIds'], golden['prefix'])
    log_probs = logits.double().log_softmax(-1)
    check_against_golden(golden, logits, log_probs)
    rows = []
    for row in log_probs:
        best = row.topk(KEPT)
        mask = torch.ones_like(row, dtype=torch.bool)
        mask[best.indices] = False
        rows.append(
            {
                'tokenIds': best.indices.tolist(),
                'logProbs': [round_significant(value) for value in best.values.tolist()],
                'restMass': round_significant(row[mask].exp().sum().item()),
            }
        )
    header = {
        'modelSha256': hashlib.sha256(paths.model.read_bytes()).hexdigest(),
        'madeWith': {'torch': torch.__version__, 'transformers': transformers.__version__},
        'prefix': golden['prefix'],
        'kept': KEPT,
    }
    lines = ',\n'.join(json.dumps(row, separators=(',', ':')) for row in rows)
    paths.output.write_text(json.dumps(header)[:-1] + f', "rows": [\n{lines}\n]}}\n')


if __name__ == '__main__':
    main()
