"""Words of the post's page: what a verifier says, for the page and for its script."""

from django.utils.translation import gettext as _


def reason_words(reason: str) -> str:
    """Why a pass does not count, as the guard may say it."""
    return _reasons().get(reason, _("不是有效凭证"))


def _reasons() -> dict[str, str]:
    return {
        "malformed": _("不是本系统的凭证，或没有扫全"),
        "not_canonical": _("凭证被改动过"),
        "unknown_algorithm": _("不是本系统的凭证"),
        "unknown_key": _("不是本县签发，或密钥未更新"),
        "bad_signature": _("签名不符，凭证是伪造的"),
        "key_out_of_period": _("签发密钥已停用"),
        "lifetime_too_long": _("有效期超出允许"),
        "not_yet_valid": _("签发时间在将来，请校准时钟"),
        "expired": _("已过期，请重新打开或打印"),
        "revoked": _("已作废：管控情况有变化，请重新打开"),
    }


def checkpoint_words() -> dict[str, object]:
    """What the page's script says."""
    return {
        "reasons": _reasons(),
        "colours": {"red": _("红码"), "yellow": _("黄码"), "green": _("绿码"), "none": _("没有或无效")},
        "levels": {"high": _("高风险区"), "medium": _("中风险区"), "low": _("低风险区")},
        "issued": _("签发于 {time}（{minutes} 分钟前），有效至 {until}"),
        "stale": _("吊销清单已过期，联网后请更新"),
        "unknown": _("没有吊销清单，联网后请更新"),
        "single": _("单采"),
        "pooled": _("{n}合1混采"),
        "fetched": _("数据更新于 {time}"),
        "never": _("还没有离线数据，请联网打开一次"),
        "old_list": _("风险地区清单已过期：第 {n} 版，{hours} 小时前核对"),
        "list": _("风险地区清单第 {n} 版，{hours} 小时前核对"),
        "no_list": _("没有风险地区清单"),
        "waiting": _("待上传 {n} 条"),
        "sent": _("已全部上传"),
        "kept": _("已记下，联网后自动上传"),
        "counted": _("放行，已计数"),
        "refused": _("被退回：{reason}"),
        "no_camera": _("打不开相机，请手工输入"),
        "not_read": _("没有读到二维码"),
        "offline": _("无网络"),
        "dismiss": _("知道了"),
    }
