"""PyTorch weight files by Python's own pickle and zipfile, for comparison: slow, and only for files that are trusted."""
import collections
import io
import pickle
import struct
import zipfile
import zlib

STORAGES = {"FloatStorage": ("f32", 4), "DoubleStorage": ("f64", 8), "HalfStorage": ("f16", 2), "LongStorage": ("i64", 8),
            "IntStorage": ("i32", 4), "ByteStorage": ("u8", 1), "BoolStorage": ("bool", 1)}

View = collections.namedtuple("View", "storage offset shape strides")


class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) in (("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2")):
            return lambda storage, offset, shape, strides, *_: View(storage, offset, shape, strides)
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise pickle.UnpicklingError(f"{module}.{name}")

    def persistent_load(self, pid):
        return (*pid[1], pid[2])  # element type, bytes of one, key


def load(path):
    """(object, key -> bytes)"""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            folder = archive.namelist()[0].split("/")[0]
            files = {name.removeprefix(folder + "/"): archive.read(name) for name in archive.namelist()}
        data = {name.removeprefix("data/"): raw for name, raw in files.items() if name.startswith("data/")}
        return Reader(io.BytesIO(files["data.pkl"])).load(), data
    with open(path, "rb") as file:
        for _ in range(3):  # magic number, protocol, system
            pickle.load(file)
        sizes = {}

        class Sized(Reader):
            def persistent_load(self, pid):
                sizes[pid[2]] = pid[1][1]
                return super().persistent_load(pid)

        root = Sized(file).load()
        data = {}
        for key in pickle.load(file):
            (count,) = struct.unpack("<q", file.read(8))
            data[key] = file.read(count * sizes[key])
        return root, data


def elements(view, raw):
    """The bytes of a view in row-major order."""
    width = view.storage[1]
    starts = [view.offset]
    for extent, stride in zip(view.shape, view.strides):
        starts = [start + i * stride for start in starts for i in range(extent)]
    return b"".join(raw[start * width:(start + 1) * width] for start in starts)


def lines(path):
    """What paw_pytorch_dump prints."""
    root, data = load(path)
    tensors = root.get("state_dict", root)
    for name, view in tensors.items():
        if isinstance(view, View):
            crc = zlib.crc32(elements(view, data[view.storage[2]]))
            yield f"{name} {view.storage[0]} [{','.join(map(str, view.shape))}] {crc:08x}"
