// What a training starts from: a pretrained net under a new classifier, or a built-in net with random weights.
#pragma once

#include <functional>
#include <string>

#include "ir/model.h"
#include "pipeline/backbone.h"
#include "pipeline/train_settings.h"

namespace paw {

struct TrainStart {
  bool transfer = false;
  std::string way;  // for people: "transfer from efficientnet-lite0"
  // Transfer: the pretrained model. From scratch: the net, with its own number of classes; its preprocessing holds.
  Model model;
  std::string net;            // from scratch: its name
  std::string backbone_hash;  // transfer: SHA-256 of the file, hexadecimal
};

// What training starts from when nothing is asked for and it is there.
const BackboneInfo& usual_backbone();

// Transfer when a backbone is asked for, or when the usual one is there and no net is asked for; what was decided is
// told to `note`. kUsage: unknown net or backbone. kIo: a backbone that was asked for is not there.
Result<TrainStart> choose_start(const TrainPhotosSettings& settings,
                                const std::function<void(const std::string&)>& note);

}  // namespace paw
