// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/firewall.h"

#include <cerrno>
#include <memory>
#include <mutex>

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <nftables/libnftables.h>

namespace isolab {
namespace {

/// libnftables keeps global state while it parses.
std::mutex& library_lock() {
    static std::mutex lock;
    return lock;
}

struct FreeContext {
    void operator()(nft_ctx* context) const noexcept { nft_ctx_free(context); }
};
using Context = std::unique_ptr<nft_ctx, FreeContext>;

Result<Context> open_context() {
    Context context(nft_ctx_new(NFT_CTX_DEFAULT));
    if (!context || nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0)
        return fail(ErrorKind::no_space, "use", "nftables", "its library could not be prepared");
    return context;
}

/// libnftables writes "Error: CAUSE" lines, then shows the place; the first line tells most.
std::string first_cause(const char* text) {
    std::string cause = text == nullptr ? "" : text;
    if (const auto error = cause.find("Error: "); error != std::string::npos)
        cause.erase(0, error + 7);
    return cause.substr(0, cause.find('\n'));
}

ErrorKind kind_of(const std::string& cause) {
    if (cause.find("Operation not permitted") != std::string::npos)
        return ErrorKind::permission_denied;
    if (cause.find("No such file") != std::string::npos)
        return ErrorKind::not_found;
    if (cause.find("not supported") != std::string::npos)
        return ErrorKind::unsupported;
    return ErrorKind::system;
}

Result<std::string> run_nft_commands(const std::string& commands, unsigned output_flags) {
    const std::lock_guard guard(library_lock());
    ISOLAB_ASSIGN(const Context context, open_context());
    nft_ctx_output_set_flags(context.get(), output_flags);
    if (nft_run_cmd_from_buffer(context.get(), commands.c_str()) == 0)
        return std::string(nft_ctx_get_output_buffer(context.get()));
    const std::string cause = first_cause(nft_ctx_get_error_buffer(context.get()));
    return fail(kind_of(cause), "change", "nftables rules", cause,
                "Containers need a kernel with nftables (nf_tables, nf_nat) and the right to administer the network");
}

} // namespace

Result<void> apply_nft_commands(const std::string& commands) {
    if (commands.empty())
        return {};
    ISOLAB_TRY(run_nft_commands(commands, 0));
    return {};
}

Result<bool> nft_table_exists(NetlinkSocket& netfilter, const std::string& table) {
    NetlinkMessage message(static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | NFT_MSG_GETTABLE));
    auto& fixed = message.fixed<nfgenmsg>();
    fixed.nfgen_family = 1; // NFPROTO_INET
    fixed.version = NFNETLINK_V0;
    message.put(NFTA_TABLE_NAME, table);
    auto found = netfilter.request(message, "find nftables table", table);
    if (!found && found.error().kind == ErrorKind::not_found)
        return false;
    ISOLAB_TRY(found);
    return true;
}

Result<std::uint32_t> nft_generation(NetlinkSocket& netfilter) {
    NetlinkMessage message(static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | NFT_MSG_GETGEN));
    message.fixed<nfgenmsg>().version = NFNETLINK_V0;
    std::uint32_t generation = 0;
    const auto read = [&generation](const nlmsghdr* answer) {
        each_attribute(answer, sizeof(nfgenmsg), [&generation](const nlattr* attribute) {
            if (mnl_attr_get_type(attribute) == NFTA_GEN_ID)
                generation = ntohl(mnl_attr_get_u32(attribute));
        });
    };
    ISOLAB_TRY(netfilter.request(message, "ask for the generation of", "nftables rules", read));
    return generation;
}

Result<std::vector<ForeignChain>> list_foreign_chains(const std::string& own_table) {
    ISOLAB_ASSIGN(const std::string json, run_nft_commands("list chains", NFT_CTX_OUTPUT_JSON));
    return parse_chains(json, own_table);
}

} // namespace isolab
