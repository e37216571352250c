#include "http/fault.h"

namespace http {

Fault fault_of(CURLcode code, const Easy& easy) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Fault::resolve;
    case CURLE_COULDNT_CONNECT:
      return Fault::connect;
    case CURLE_OPERATION_TIMEDOUT:  // what it was waiting for says more than that it waited
      if (easy.microseconds(CURLINFO_PRETRANSFER_TIME_T) > 0) return Fault::timeout;
      return easy.microseconds(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? Fault::connect : Fault::resolve;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Fault::tls;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return Fault::interrupted;
    case CURLE_FILESIZE_EXCEEDED:
      return Fault::too_large;
    case CURLE_URL_MALFORMAT:
      return Fault::refused;
    default:  // replies that are not HTTP/1.1, damaged encodings
      return Fault::other;
  }
}

}  // namespace http
