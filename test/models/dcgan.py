"""DCGAN's generator and discriminator: the twins of dcgan.model.ts."""
from torch import nn


class Generator(nn.Module):
    def __init__(self, nz=100, ngf=64, nc=3):
        super().__init__()
        layers = [nn.ConvTranspose2d(nz, ngf * 8, 4, 1, 0, bias=False), nn.BatchNorm2d(ngf * 8), nn.ReLU()]
        for i in (8, 4, 2):
            layers += [nn.ConvTranspose2d(ngf * i, ngf * i // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(ngf * i // 2), nn.ReLU()]
        self.main = nn.Sequential(*layers, nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self, nc=3, ndf=64):
        super().__init__()
        layers = [nn.Conv2d(nc, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        for i in (1, 2, 4):
            layers += [nn.Conv2d(ndf * i, ndf * i * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(ndf * i * 2), nn.LeakyReLU(0.2)]
        self.main = nn.Sequential(*layers, nn.Conv2d(ndf * 8, 1, 4, 1, 0, bias=False), nn.Sigmoid())

    def forward(self, x):
        return self.main(x)


networks = {
    "generator": Generator,
    "generator small": lambda: Generator(8, 4),
    "discriminator": Discriminator,
    "discriminator small": lambda: Discriminator(3, 4),
}
