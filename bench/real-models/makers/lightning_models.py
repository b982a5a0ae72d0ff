"""Checkpoints of PyTorch Lightning: weights, optimiser, loops, callbacks and hyperparameters in one file."""

import lightning_fabric  # noqa: F401  Lightning needs it imported first
import pytorch_lightning as lightning
import torch
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from torch.utils.data import DataLoader, TensorDataset

from models import Models


class Classifier(lightning.LightningModule):
    def __init__(self, hidden: int = 8, rate: float = 0.1):
        super().__init__()
        self.save_hyperparameters()
        self.layers = torch.nn.Sequential(torch.nn.Linear(4, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 2))

    def training_step(self, batch, _):
        loss = torch.nn.functional.cross_entropy(self.layers(batch[0]), batch[1])
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        optimiser = torch.optim.Adam(self.parameters(), self.hparams.rate)
        return {"optimizer": optimiser, "lr_scheduler": torch.optim.lr_scheduler.StepLR(optimiser, 1)}


def make(models: Models) -> None:
    torch.manual_seed(0)
    library = models.of(f"pytorch-lightning {lightning.__version__}")
    batches = DataLoader(TensorDataset(torch.ones(8, 4), torch.zeros(8, dtype=torch.long)), 4)
    kept = ModelCheckpoint(library.path("last.ckpt").parent, filename="best", monitor="loss")
    trainer = lightning.Trainer(
        max_epochs=1, accelerator="cpu", logger=False, enable_progress_bar=False, enable_model_summary=False,
        callbacks=[EarlyStopping("loss"), kept],
    )
    trainer.fit(Classifier(), batches)
    trainer.save_checkpoint(library.path("last.ckpt"))
    trainer.save_checkpoint(library.path("weights.ckpt"), weights_only=True)
