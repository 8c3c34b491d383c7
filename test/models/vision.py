"""The networks that torchvision has, at their published sizes and at reduced ones."""
from torch import nn
from torchvision import models
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.efficientnet import MBConvConfig
from torchvision.models.mobilenetv3 import InvertedResidualConfig
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.squeezenet import Fire
from torchvision.models.vgg import make_layers


def resnet(block, layers, classes, width):
    """ResNet has its widths fixed: its layers are made again."""
    net = models.ResNet(block, layers, num_classes=classes)
    net.inplanes = width
    net.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
    net.bn1 = nn.BatchNorm2d(width)
    for i, n in enumerate(layers):
        setattr(net, f"layer{i + 1}", net._make_layer(block, width * 2**i, n, stride=1 if i == 0 else 2))
    net.fc = nn.Linear(8 * width * block.expansion, classes)
    return net


def vgg(layout, hidden, classes):
    net = models.VGG(make_layers(layout, batch_norm=True), init_weights=False)
    channels = [c for c in layout if c != "M"][-1]
    for i, (a, b) in zip((0, 3, 6), ((channels * 49, hidden), (hidden, hidden), (hidden, classes))):
        net.classifier[i] = nn.Linear(a, b)
    return net


def alexnet(channels, hidden, classes):
    net = models.alexnet()
    for i, a, b in zip((0, 3, 6, 8, 10), (3, *channels), channels):
        old = net.features[i]
        net.features[i] = nn.Conv2d(a, b, old.kernel_size, old.stride, old.padding)
    for i, (a, b) in zip((1, 4, 6), ((channels[-1] * 36, hidden), (hidden, hidden), (hidden, classes))):
        net.classifier[i] = nn.Linear(a, b)
    return net


def squeezenet(w, classes):
    net = models.squeezenet1_1(num_classes=classes)
    sizes = [(4, 1, 4), (8, 1, 4), (8, 2, 8), (16, 2, 8), (16, 3, 12), (24, 3, 12), (24, 4, 16), (32, 4, 16)]
    net.features[0] = nn.Conv2d(3, 4 * w, 3, 2)
    for i, (a, s, e) in zip((3, 4, 6, 7, 9, 10, 11, 12), sizes):
        net.features[i] = Fire(a * w, s * w, e * w, e * w)
    net.classifier[1] = nn.Conv2d(32 * w, classes, 1)
    return net


def mobilenetv3(rows, hidden, classes):
    # Input channels, kernel, expanded, output, squeeze-excitation, activation, stride; dilation and width multiplier.
    settings = [InvertedResidualConfig(*row, 1, 1.0) for row in rows]
    return models.MobileNetV3(settings, hidden, num_classes=classes)


networks = {
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "resnet18 small": lambda: resnet(BasicBlock, [1, 2, 1, 1], 10, 4),
    "resnet50 small": lambda: resnet(Bottleneck, [1, 2, 1, 1], 10, 4),
    "vgg": models.vgg11_bn,
    "vgg small": lambda: vgg([4, "M", 6, "M", 8, 8, "M"], 12, 10),
    "alexnet": models.alexnet,
    "alexnet small": lambda: alexnet((4, 6, 8, 6, 5), 12, 10),
    "mobilenetv2": models.mobilenet_v2,
    "mobilenetv2 small": lambda: models.MobileNetV2(
        num_classes=10, inverted_residual_setting=[[1, 8, 1, 1], [3, 16, 2, 2], [2, 24, 1, 1]]
    ),
    "mobilenetv3": models.mobilenet_v3_small,
    "mobilenetv3 small": lambda: mobilenetv3(
        [
            (8, 3, 8, 8, True, "RE", 2),
            (8, 3, 24, 8, False, "RE", 1),
            (8, 5, 32, 16, True, "HS", 2),
            (16, 5, 40, 16, True, "HS", 1),
        ],
        24,
        10,
    ),
    "shufflenet": models.shufflenet_v2_x1_0,
    "shufflenet small": lambda: models.ShuffleNetV2([1, 2, 1], [6, 8, 12, 16, 20], num_classes=10),
    "squeezenet": models.squeezenet1_1,
    "squeezenet small": lambda: squeezenet(2, 10),
    "convnext": models.convnext_tiny,
    "convnext small": lambda: models.ConvNeXt(
        [CNBlockConfig(6, 8, 1), CNBlockConfig(8, 12, 1), CNBlockConfig(12, 16, 2), CNBlockConfig(16, None, 1)],
        num_classes=10,
    ),
    # Stochastic depth is chance; it is left out.
    "efficientnet": lambda: models.efficientnet_b0(stochastic_depth_prob=0.0),
    "efficientnet small": lambda: models.EfficientNet(
        [MBConvConfig(*row, 1.0, 1.0) for row in ((1, 3, 1, 8, 8, 1), (2, 5, 2, 8, 16, 2), (2, 3, 2, 16, 24, 1))],
        dropout=0.2,
        stochastic_depth_prob=0.0,
        num_classes=10,
    ),
    "swin": models.swin_t,
    "swin small": lambda: models.SwinTransformer([4, 4], 8, [2, 2], [2, 4], [4, 4], num_classes=10),
    "vit": models.vit_b_16,
    "vit small": lambda: models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=2, num_heads=4, hidden_dim=16, mlp_dim=24, num_classes=10
    ),
}
