// read_tflite: file, graph, preprocessing.
#include "formats/tflite/graph_reader.h"
#include "formats/tflite/load.h"
#include "formats/tflite/photos.h"
#include "formats/tflite/tflite_file.h"

namespace paw {

using namespace tflite;

Result<ReadModel> read_tflite(const Bytes& bytes, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const File file, load(bytes, where));
  ReadModel out;
  PAW_ASSIGN_OR_RETURN(out.model.graph, GraphReader(file, out.notes).run());
  out.model.preprocess = photo_input(out.model.graph, {}, out.notes);
  out.model.provenance.origin = "imported from a TensorFlow Lite file";
  if (Status good = verify(out.model); !good) return file.error(good.error().where, good.error().message);
  return out;
}

}  // namespace paw
