"""Three passes of one network and the triplet loss: the twin of siamese.model.ts."""
from torch import nn
from torch.nn import functional as F


class EmbeddingNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.convnet = nn.Sequential(
            nn.Conv2d(1, 32, 5), nn.PReLU(), nn.MaxPool2d(2, 2), nn.Conv2d(32, 64, 5), nn.PReLU(), nn.MaxPool2d(2, 2)
        )
        self.fc = nn.Sequential(
            nn.Linear(64 * 4 * 4, 256), nn.PReLU(), nn.Linear(256, 256), nn.PReLU(), nn.Linear(256, 2)
        )

    def forward(self, x):
        return F.normalize(self.fc(self.convnet(x).flatten(1)))


class TripletNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding_net = EmbeddingNet()

    def forward(self, anchor, positive, negative):
        a, p, n = (self.embedding_net(x) for x in (anchor, positive, negative))
        return F.triplet_margin_loss(a, p, n, margin=1)


def loss(output, *_):
    return output


networks = {"siamese": TripletNet}
losses = {"siamese": loss}
