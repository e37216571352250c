// The parameters of a call, from the JSON body of a POST or the query of a GET.
#pragma once

#include "vodsim/reply.h"
#include "vodsim/request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vodsim {

struct Parameters {
  std::optional<std::uint64_t> sub_app_id;
  std::optional<std::vector<std::string>> event_handles;
  std::optional<std::string> ext_info;
};

// Fills `out`; gives the API's error for a body that is not JSON (InvalidRequest), a value of
// another type (InvalidParameter) and a parameter that no action has (UnknownParameter).
std::optional<Error> parse_parameters(const Request& request, Parameters& out);

}  // namespace vodsim
