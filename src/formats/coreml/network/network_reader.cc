#include "coreml/model.pb.h"
#include "formats/coreml/read_model.h"
namespace paw::coreml {
Result<ReadModel> read_network(const schema::Model&, std::string_view where) {
  return fail(ErrorCode::kUnsupported, std::string(where), "neural networks are not read yet");
}
}  // namespace paw::coreml
