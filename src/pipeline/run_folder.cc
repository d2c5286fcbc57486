#include "pipeline/run_folder.h"

#include <fmt/format.h>

#include <filesystem>

#include "host/file.h"
#include "pipeline/train.h"

namespace paw {

Status make_run_folder(const std::string& path, bool force) {
  PAW_RETURN_IF_ERROR(check_output(path, force));
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(ErrorCode::kIo, path, "cannot create the folder: " + error.message());
  return {};
}

Status MetricsFile::add(const EpochRow& row) {
  if (text_.empty()) text_ = "epoch,loss,accuracy,val_loss,val_accuracy,lr,images_per_s\n";
  text_ += fmt::format("{},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.1f}\n", row.epoch, row.loss, row.accuracy,
                       row.val_loss, row.val_accuracy, row.learning_rate, row.images_per_s);
  return write_file(path_, text_);
}

}  // namespace paw
