#include "pipeline/load.h"

#include "formats/paw/paw_file.h"
#include "host/file.h"
#include "nets/nets.h"
#include "ops/ops.h"

namespace paw {

Result<LoadedModel> load_model(const ModelSource& source, bool random_weights) {
  if (source.path.empty() == source.net.empty()) {
    return fail(ErrorCode::kUsage, "model", source.net.empty() ? "no model given" : "both a file and a net given",
                "name a model file, or a built-in net with --net");
  }
  if (!source.net.empty()) {
    NetOptions options;
    options.weights = random_weights ? NetOptions::Weights::kRandom : NetOptions::Weights::kZero;
    PAW_ASSIGN_OR_RETURN(Model model, build_net(source.net, options));
    return LoadedModel{.model = std::move(model), .format = "net"};
  }
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(source.path));
  PAW_ASSIGN_OR_RETURN(Model model, read_paw(file, source.path, all_ops()));
  return LoadedModel{.model = std::move(model), .format = "paw", .file_bytes = file.size()};
}

}  // namespace paw
